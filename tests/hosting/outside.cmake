# SPDX-License-Identifier: GPL-3.0-only
# Installs the SDK, builds projects outside of this repository against it, runs their tests, and lets the host look at their plugins: the
# project beside this file, and, if TEMPLATE is on, one that `quoin plugin new` writes.
function(run what)
    execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
    if(NOT result EQUAL 0)
        message(FATAL_ERROR "${what} failed (${result}):\n${output}")
    endif()
    set(output "${output}" PARENT_SCOPE)
endfunction()

# try_project(<id> <its source folder>): with warnings as errors.
function(try_project id source)
    set(build "${FOLDER}/build-${id}")
    run("configuring ${id}" "${CMAKE_COMMAND}" -S "${source}" -B "${build}" -G "${GENERATOR}"
        "-DCMAKE_PREFIX_PATH=${FOLDER}/sdk" "-DCMAKE_CXX_COMPILER=${COMPILER}" "-DCMAKE_CXX_FLAGS=${FLAGS} -Wall -Wextra -Werror"
        "-DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER}")
    run("building ${id}" "${CMAKE_COMMAND}" --build "${build}" --parallel 2)
    run("the test of ${id}" "${CMAKE_CTEST_COMMAND}" --test-dir "${build}" --no-tests=error --output-on-failure)
    run("the host's look at ${id}" "${LOOK}" "${build}/${id}.so")
    # Loads it, in a process of its own, and lets it describe itself.
    run("the host's check of ${id}" "${QUOIN}" plugin check "${build}/${id}.so")
endfunction()

if(NOT COMPILER)
    message("SKIPPED: there is no ${WANTED}; install the Debian package clang to try plugins that are built with it")
    return()
endif()
file(REMOVE_RECURSE "${FOLDER}")
run("installing the SDK" "${CMAKE_COMMAND}" --install "${BUILD}" --component sdk --prefix "${FOLDER}/sdk")
try_project(org.acme.hello "${CMAKE_CURRENT_LIST_DIR}/outside")
if(TEMPLATE)
    run("writing a plugin" "${CMAKE_COMMAND}" -E chdir "${FOLDER}" "${QUOIN}" plugin new org.acme.orders)
    try_project(org.acme.orders "${FOLDER}/orders")
endif()
