from odoo.fields import Command
from odoo.tests import HttpCase, TransactionCase, tagged

from .common import PortalFactories, PortalHttp


class SharedLinks(PortalFactories):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._setup_world()
        cls.user = cls._create_portal_user("link_buyer", cls.branch)
        cls._put_in_stock()
        cls.order = cls._create_order()
        cls.picking = cls._ship(cls.order)
        cls.invoice = cls._invoice(cls.order)
        cls.foreign = cls._create_order(partner=cls.other_branch)
        cls.documents = [cls.order, cls.invoice]
        cls.role = cls.env.ref("partner_access.role_prices")

    def _share(self, document):
        return document.get_portal_url()


@tagged("post_install", "-at_install")
class TestPartnerAccessSharedLink(SharedLinks, TransactionCase):
    def _get_losses(self):
        entry = self.user.access_entry_ids
        return {
            "the entry is archived": lambda: entry.write({"active": False}),
            "the user is archived": lambda: self.user.write({"active": False}),
            "a role is taken": lambda: entry.write({"role_ids": [Command.unlink(self.role.id)]}),
            "only the own is left": lambda: entry.write({"scope": "own"}),
            "the company says own": lambda: self.branch.write({"portal_scope": "own"}),
            "another branch": lambda: entry.write({"partner_id": self.other_branch.id}),
            "the contact moves": lambda: self.user.partner_id.write(
                {"parent_id": self.stranger_company.id}
            ),
            "the branch leaves": lambda: self.branch.write({"parent_id": False}),
        }

    def test_no_link_works_for_who_sees_less(self):
        for name, lose in self._get_losses().items():
            old = {document: self._share(document) for document in self.documents}
            foreign = self._share(self.foreign)
            savepoint = self.env.cr.savepoint()
            lose()
            for document, url in old.items():
                with self.subTest(name, document=document.name):
                    self.assertFalse(document.access_token)
                    self.assertNotEqual(self._share(document), url)
            self.assertEqual(self._share(self.foreign), foreign, "of others it stays")
            savepoint.close(rollback=True)

    def test_links_stay_while_nobody_sees_less(self):
        self.user.access_entry_ids.role_ids -= self.role
        url = self._share(self.order)
        self.user.access_entry_ids.role_ids |= self.role
        self.user.access_entry_ids.valid_until = "2099-01-01"
        self.branch.parent_id = self.office
        self.assertEqual(self._share(self.order), url)

    def test_an_invoice_to_the_head_office_is_closed_with_its_order(self):
        order = self._create_order(partner_invoice_id=self.office.id)
        order.picking_ids.unlink()
        invoice = self._invoice(order)
        self.assertEqual(invoice.partner_id, self.office)
        self._share(invoice)
        self.user.active = False
        self.assertFalse(invoice.access_token)

    def test_links_to_attachments_of_a_document_are_closed_too(self):
        attachment = self.env["ir.attachment"].create(
            {"name": "slip.pdf", "res_model": "sale.order", "res_id": self.order.id, "raw": b"x"}
        )
        other = attachment.copy({"res_id": self.foreign.id})
        (attachment | other).generate_access_token()
        self.user.active = False
        self.assertFalse(attachment.access_token)
        self.assertTrue(other.access_token)

    def test_many_people_cost_no_more_queries_than_one(self):
        people = [self._create_portal_user(f"link_{i}", self.branch) for i in range(8)]
        entries = self.env["partner.access.entry"].search(
            [("user_id", "in", [user.id for user in people])]
        )
        counts = []
        for some in (entries[:2], entries[2:]):
            self.env.flush_all()
            links = self.env["partner.access.shared.link"]
            before = self.env.cr.sql_log_count
            links._rotate(set(some.partner_id._get_ids_below()))
            counts.append(self.env.cr.sql_log_count - before)
        self.assertEqual(*counts)


@tagged("post_install", "-at_install")
class TestSharedLinkOfFormerColleague(SharedLinks, PortalHttp, HttpCase):
    def test_an_old_mail_opens_nothing_for_who_has_left(self):
        urls = [self._share(document) for document in self.documents]
        token = self.order.access_token
        urls.append(f"/my/picking/pdf/{self.picking.id}?access_token={token}")
        self.authenticate(None, None)
        for url in urls:
            with self.subTest("the mail works", url=url):
                self.assertEqual(self._get(url).status_code, 200)
        self.user.access_entry_ids.active = False
        for url in urls:
            with self.subTest("the mail is closed", url=url):
                self.assertNotEqual(self._get(url).status_code, 200)
