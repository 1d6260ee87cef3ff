# SPDX-License-Identifier: GPL-3.0-only
# Installs the SDK, builds a project outside of this repository against it, runs that project's test, and lets the host look at its plugin.
function(run what)
    execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
    if(NOT result EQUAL 0)
        message(FATAL_ERROR "${what} failed (${result}):\n${output}")
    endif()
endfunction()

file(REMOVE_RECURSE "${FOLDER}")
run("installing the SDK" "${CMAKE_COMMAND}" --install "${BUILD}" --component sdk --prefix "${FOLDER}/sdk")
run("configuring the project" "${CMAKE_COMMAND}" -S "${CMAKE_CURRENT_LIST_DIR}/outside" -B "${FOLDER}/build" -G "${GENERATOR}"
    "-DCMAKE_PREFIX_PATH=${FOLDER}/sdk" "-DCMAKE_CXX_COMPILER=${COMPILER}" "-DCMAKE_CXX_FLAGS=${FLAGS} -Wall -Wextra -Werror"
    "-DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER}")
run("building the project" "${CMAKE_COMMAND}" --build "${FOLDER}/build" --parallel 2)
run("the project's own test" "${CMAKE_CTEST_COMMAND}" --test-dir "${FOLDER}/build" --no-tests=error --output-on-failure)
run("the host's look at the plugin" "${LOOK}" "${FOLDER}/build/org.acme.hello.so")
