// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "call/call_record.h"

/// The lists of a call record as one text each, the way the database keeps them: JSON, in which fields may
/// come and go from version to version.
namespace wakeline::call::record_text {

std::string write(const std::vector<TimelineEvent>& timeline);
std::string write(const media::MediaStats& media);

Result<std::vector<TimelineEvent>> read_timeline(std::string_view text);
Result<media::MediaStats> read_media(std::string_view text);

} // namespace wakeline::call::record_text
