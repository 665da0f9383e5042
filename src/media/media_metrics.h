// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "base/metrics.h"

namespace wakeline::media {

struct MediaMetrics {
    explicit MediaMetrics(Metrics& registry);

    Metric& sessions;
    Metric& timeouts;
    Metric& relayed;
    Metric& send_failed;
    Metric& not_rtp;
    Metric& unknown_source;
    Metric& forged;
    Metric& replayed;
    Metric& no_destination;
    Metric& joined;
    Metric& moved;
    Metric& ports_exhausted;
    Metric& checks_good;
    Metric& checks_refused;
    Metric& consent_lost;
    Metric& dtls_established;
    Metric& dtls_failed;
};

} // namespace wakeline::media
