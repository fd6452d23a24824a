"""Customers that rows of the table name, and fifty people who use the portal at once."""

PASSWORD = "Measure-Portal-2026!"
# Each has a company and a portal user of that name; the buyers order as much as everybody else.
CUSTOMERS = ("two", "eighty", "large", *(f"buyer{number}" for number in range(1, 11)))
# Delivery addresses of a customer beside its own.
ADDRESSES = {"two": 1, "eighty": 3, "large": 12}
COLLEAGUES = 50 - len(CUSTOMERS)
# Users by name, with their customer.
USERS = {
    **{customer: customer for customer in CUSTOMERS},
    **{f"colleague{number}": CUSTOMERS[number % len(CUSTOMERS)] for number in range(COLLEAGUES)},
}
