import { Interaction } from "@web/public/interaction";
import { registry } from "@web/core/registry";
import { handleCheckIdentity } from "@portal/interactions/portal_security";

/**
 * Deletes a key for another system after the password, and shows the list without it. What core does
 * deletes the key as well, but leaves it on the page.
 */
export class ApiKeys extends Interaction {
    static selector = "#api_keys";
    dynamicContent = {
        ".o_cso_remove_key": { "t-on-click.prevent.withTarget": this.removeKey },
    };

    async removeKey(ev, button) {
        const removal = this.services.orm.call("res.users.apikeys", "remove", [
            parseInt(button.dataset.key),
        ]);
        await this.waitFor(handleCheckIdentity(removal, this.services.orm, this.services.dialog));
        window.location.reload();
    }
}

registry.category("public.interactions").add("rma_cso.api_keys", ApiKeys);
