// SPDX-License-Identifier: Apache-2.0
#include "sip/sofia.h"

#include <algorithm>
#include <cstring>

#include "base/assert.h"

namespace wakeline::sip {

namespace {

/// The default class of messages knows no P-Asserted-Identity and its like; the extended one does.
msg_mclass_t* make_message_class() {
    WAKELINE_ASSERT(su_init() == 0);
    msg_mclass_t* extended = sip_extend_mclass(nullptr);
    WAKELINE_ASSERT(extended != nullptr);
    return extended;
}

} // namespace

SofiaMessage sofia_parse(std::string_view bytes) {
    static const msg_mclass_t* const message_class = make_message_class();

    // EXTRACT_COPY keeps every header's own text.
    SofiaMessage message(msg_create(message_class, MSG_DO_EXTRACT_COPY));
    if (!message) return nullptr;
    constexpr std::size_t most_preload = 65'000; // the parameter ends up in 16 bits
    su_home_preload(msg_home(message.get()), 1,
                    static_cast<isize_t>(std::min(bytes.size() + 2'048, most_preload)));
    const auto size = static_cast<usize_t>(bytes.size());
    msg_iovec_t buffers[2] = {};
    if (msg_recv_iovec(message.get(), buffers, 2, size, 1) != 1) return nullptr;
    std::memcpy(buffers[0].mv_base, bytes.data(), bytes.size());
    msg_recv_commit(message.get(), size, 1);
    msg_extract(message.get());
    return message;
}

} // namespace wakeline::sip
