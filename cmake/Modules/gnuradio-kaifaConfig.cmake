# SPDX-License-Identifier: GPL-3.0-or-later
include(CMakeFindDependencyMacro)
find_dependency(Gnuradio)
include("${CMAKE_CURRENT_LIST_DIR}/gnuradio-kaifaTargets.cmake")
