// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "registrar/registrar.h"
#include "registrar_fixture.h"

namespace wakeline::test {

inline constexpr std::string_view kPush =
    ";pn-provider=apns;pn-param=T.com.example.phone.voip;pn-prid=aabbcc";

inline std::string with_push(std::string_view prid = "aabbcc", std::string_view expires = "3600") {
    return "<sip:alice@10.0.0.7:40000;transport=tls;pn-provider=apns;pn-param=T.com.example.phone.voip;pn-"
           "prid=" +
           std::string(prid) + ">;expires=" + std::string(expires);
}

/// A registrar in mode forward before a PBX that answers what the test tells it to.
struct ForwardFixture : RegistrarFixture {
    sip::ServerTx send(const Register& r = {}) {
        registrar.on_register(++last_tx, r.flow, parsed(text(r)));
        return last_tx;
    }
    std::string upstream_user() {
        const auto contact = sip::NameAddr::parse(pbx.last().header("Contact"));
        REQUIRE(contact);
        return contact->uri.user;
    }
    void grant(unsigned seconds = 3600) {
        pbx.answer(pbx.last().id, 9, 200,
                   "Contact: <sip:" + upstream_user() +
                       "@192.0.2.1:5080>;expires=" + std::to_string(seconds));
    }
    /// A REGISTER that the PBX accepts and the store takes.
    sip::ServerTx registered(const Register& r = {}) {
        const auto tx = send(r);
        grant();
        store.write();
        REQUIRE(status(tx) == "200 OK");
        return tx;
    }
    registrar::Binding only() {
        const auto found = bindings.find(kAlice);
        REQUIRE(found.size() == 1);
        return found[0];
    }

    registrar::Authenticator authenticator{authenticator_parts()};
    registrar::Registrar registrar{parts(authenticator), exact()};
};

} // namespace wakeline::test
