// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

// The status page: one page that asks /api/v1 and nothing else.
namespace wakeline::admin {

std::string page_markup();
std::string page_style();
std::string page_script();

} // namespace wakeline::admin
