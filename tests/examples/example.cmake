# SPDX-License-Identifier: GPL-3.0-only
# Installs the SDK, builds an example against it, runs the example's tests, lets the host look at the plugin, and drops it into a
# running server.
function(run what)
    execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
    if(NOT result EQUAL 0)
        message(FATAL_ERROR "${what} failed (${result}):\n${output}")
    endif()
endfunction()

file(REMOVE_RECURSE "${FOLDER}/sdk") # what is built stays: only what has changed is built again
run("installing the SDK" "${CMAKE_COMMAND}" --install "${BUILD}" --component sdk --prefix "${FOLDER}/sdk")
run("configuring the example" "${CMAKE_COMMAND}" -S "${EXAMPLE}" -B "${FOLDER}/build" -G "${GENERATOR}"
    "-DCMAKE_PREFIX_PATH=${FOLDER}/sdk" "-DCMAKE_CXX_COMPILER=${COMPILER}" "-DCMAKE_CXX_FLAGS=${FLAGS} -Werror"
    "-DCMAKE_CXX_COMPILER_LAUNCHER=${LAUNCHER}")
run("building the example" "${CMAKE_COMMAND}" --build "${FOLDER}/build" --parallel 2)
run("the example's own tests" "${CMAKE_CTEST_COMMAND}" --test-dir "${FOLDER}/build" --no-tests=error --output-on-failure)
run("the host's look at the plugin" "${LOOK}" "${FOLDER}/build/${PLUGIN}.so")
run("dropping the plugin into a running server" "${CMAKE_CURRENT_LIST_DIR}/live.sh" "${QUOIN}" "${FOLDER}/build/${PLUGIN}.so")
