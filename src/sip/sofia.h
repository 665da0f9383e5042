// SPDX-License-Identifier: Apache-2.0
#pragma once

// The one header that includes sofia-sip, for the .cpp files of messages alone: its bnf.h defines macros such
// as CR, LF and ALPHA.
#define MSG_PUB_T struct sip_s
#define MSG_HDR_T union sip_header_u
#include <sofia-sip/msg.h>
#include <sofia-sip/msg_addr.h>
#include <sofia-sip/msg_header.h>
#include <sofia-sip/msg_mclass.h>
#include <sofia-sip/msg_parser.h>
#include <sofia-sip/sip.h>
#include <sofia-sip/sip_extra.h>
#include <sofia-sip/sip_header.h>
#include <sofia-sip/sip_parser.h>
#include <sofia-sip/su.h>
#include <sofia-sip/su_alloc.h>

#include <string_view>

#include "base/c_handle.h"

namespace wakeline::sip {

using SofiaMessage = CHandle<msg_t, msg_destroy>;

/// Parses one complete message that has passed HeaderScan. Null when out of memory.
/// The library is initialised by the first call, which may come from any thread; what it sets up is read only
/// from then on.
SofiaMessage sofia_parse(std::string_view bytes);

} // namespace wakeline::sip
