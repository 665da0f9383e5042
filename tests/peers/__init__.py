# SPDX-License-Identifier: Apache-2.0
"""Peers that play the parts around Wakeline in the demo and the system tests: independent of src/, Debian's Python only."""
