# SPDX-License-Identifier: GPL-3.0-or-later
# The only file that knows cargo. It gives the imported library kaifa_ffi: the engines and the C++
# half of the bridge in one archive, with the headers "ffi/bridge.h" and "rust/cxx.h".
#
# Set before including: KAIFA_SOURCE_DIR, the directory of Cargo.toml.
# May be set:           KAIFA_CARGO_FEATURES, features of kaifa-ffi; KAIFA_CARGO_PACKAGES, further
#                       packages to build.

find_program(CARGO cargo HINTS $ENV{HOME}/.cargo/bin)
if(NOT CARGO)
    message(FATAL_ERROR "cargo not found. Install Rust 1.88 or later: https://rustup.rs")
endif()
find_package(Threads REQUIRED)

set(cargo_target_dir ${CMAKE_BINARY_DIR}/rust/target)
if(CMAKE_BUILD_TYPE STREQUAL "Debug")
    set(cargo_profile dev)
    set(cargo_out_dir ${cargo_target_dir}/debug)
else()
    set(cargo_profile release)
    set(cargo_out_dir ${cargo_target_dir}/release)
endif()

set(cargo_arguments --locked --profile ${cargo_profile} --target-dir ${cargo_target_dir}
                    --package kaifa-ffi)
foreach(package IN LISTS KAIFA_CARGO_PACKAGES)
    list(APPEND cargo_arguments --package ${package})
endforeach()
foreach(feature IN LISTS KAIFA_CARGO_FEATURES)
    list(APPEND cargo_arguments --features kaifa-ffi/${feature})
endforeach()

set(KAIFA_RUST_DIR ${CMAKE_BINARY_DIR}/rust)
set(KAIFA_RUST_BIN_DIR ${cargo_out_dir})
set(archive ${KAIFA_RUST_DIR}/lib/libkaifa_ffi.a)
set(include_dir ${KAIFA_RUST_DIR}/include)
set(generated_dir ${cargo_target_dir}/cxxbridge)
file(MAKE_DIRECTORY ${include_dir}/ffi ${include_dir}/rust ${KAIFA_RUST_DIR}/lib)

# cargo is always asked, for it alone knows what has changed. The fixed copies are touched only
# when their content is new and are declared as products, so that every C++ file that sees the
# bridge is compiled again when a struct in it changes.
set(copy ${CMAKE_COMMAND} -E copy_if_different)
add_custom_target(
    kaifa_cargo ALL
    COMMAND
        ${CMAKE_COMMAND} -E env --unset=MAKEFLAGS --unset=CARGO_TARGET_DIR
        CXX=${CMAKE_CXX_COMPILER} "CXXFLAGS=${CMAKE_CXX_FLAGS}" ${CARGO} build
        ${cargo_arguments}
    COMMAND ${copy} ${cargo_out_dir}/libkaifa_ffi.a ${archive}
    COMMAND ${copy} ${generated_dir}/ffi/src/bridge.rs.h ${include_dir}/ffi/bridge.h
    COMMAND ${copy} ${generated_dir}/rust/cxx.h ${include_dir}/rust/cxx.h
    BYPRODUCTS ${archive} ${include_dir}/ffi/bridge.h ${include_dir}/rust/cxx.h
    WORKING_DIRECTORY ${KAIFA_SOURCE_DIR}
    VERBATIM USES_TERMINAL)

add_library(kaifa_ffi STATIC IMPORTED GLOBAL)
add_dependencies(kaifa_ffi kaifa_cargo)
set_target_properties(
    kaifa_ffi PROPERTIES IMPORTED_LOCATION ${archive}
                         INTERFACE_INCLUDE_DIRECTORIES
                         "${include_dir};${KAIFA_SOURCE_DIR}/rust")
# exclude-libs keeps the symbols of the archive inside the library it is linked into.
target_link_libraries(kaifa_ffi INTERFACE Threads::Threads ${CMAKE_DL_LIBS})
target_link_options(kaifa_ffi INTERFACE LINKER:--exclude-libs,libkaifa_ffi.a)
