// SPDX-License-Identifier: Apache-2.0
#include "sip/transaction_metrics.h"

namespace wakeline::sip {

namespace {

constexpr auto kGauge = MetricKind::Gauge;
constexpr auto kCounter = MetricKind::Counter;

constexpr std::string_view kExist = "SIP transactions that exist now.";
constexpr MetricInfo kInviteServer{"wakeline_sip_transactions", kGauge, kExist, R"({kind="invite_server"})"};
constexpr MetricInfo kOtherServer{"wakeline_sip_transactions", kGauge, kExist, R"({kind="other_server"})"};
constexpr MetricInfo kInviteClient{"wakeline_sip_transactions", kGauge, kExist, R"({kind="invite_client"})"};
constexpr MetricInfo kOtherClient{"wakeline_sip_transactions", kGauge, kExist, R"({kind="other_client"})"};
constexpr MetricInfo kRepeated{"wakeline_sip_requests_repeated_total", kCounter,
                               "Retransmitted requests received; absorbed or answered again."};
constexpr MetricInfo kMerged{"wakeline_sip_requests_merged_total", kCounter,
                             "Requests answered 482: the same request came by another path."};
constexpr MetricInfo kUnacceptable{"wakeline_sip_requests_unacceptable_total", kCounter,
                                   "Requests refused for what they say (400, 406, 415, 416, 420, 483, 501)."};
constexpr MetricInfo kRefused{"wakeline_sip_requests_refused_total", kCounter,
                              "Requests answered 503 because too many, or too large ones, were under way."};
constexpr MetricInfo kResent{"wakeline_sip_messages_resent_total", kCounter,
                             "Requests and responses that were sent again over UDP."};
constexpr MetricInfo kStray{"wakeline_sip_responses_stray_total", kCounter,
                            "Responses dropped because no transaction waits for them."};
constexpr MetricInfo kBadVia{"wakeline_sip_responses_misrouted_total", kCounter,
                             "Responses dropped because they have more than our own Via."};
constexpr MetricInfo kCancels{"wakeline_sip_cancels_unmatched_total", kCounter,
                              "CANCELs answered 481: there was nothing to cancel."};
constexpr MetricInfo kTimeouts{"wakeline_sip_transactions_timed_out_total", kCounter,
                               "Transactions that ended without the answer or ACK they waited for."};
constexpr MetricInfo kTransport{"wakeline_sip_transactions_cut_off_total", kCounter,
                                "Transactions that ended because their connection did."};

} // namespace

TransactionMetrics::TransactionMetrics(Metrics& metrics)
    : invite_server(metrics.declare(kInviteServer)), other_server(metrics.declare(kOtherServer)),
      invite_client(metrics.declare(kInviteClient)), other_client(metrics.declare(kOtherClient)),
      requests_repeated(metrics.declare(kRepeated)), requests_merged(metrics.declare(kMerged)),
      requests_unacceptable(metrics.declare(kUnacceptable)), requests_refused(metrics.declare(kRefused)),
      resent(metrics.declare(kResent)), stray_responses(metrics.declare(kStray)),
      bad_via_responses(metrics.declare(kBadVia)), unmatched_cancels(metrics.declare(kCancels)),
      timeouts(metrics.declare(kTimeouts)), transport_failures(metrics.declare(kTransport)) {}

} // namespace wakeline::sip
