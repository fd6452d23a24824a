from . import customer_portal_demo
from . import customer_portal_demo_flow
from . import customer_portal_demo_books
from . import customer_portal_demo_requests
