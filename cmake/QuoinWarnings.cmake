# The warnings and definitions every target of this repository is compiled with. Link it PRIVATE.
add_library(quoin_warnings INTERFACE)

target_compile_options(quoin_warnings INTERFACE
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion
    # g++ 12 sees overlaps in "literal" + std::string that are not there (GCC bug 105651, mended in 13).
    $<$<AND:$<CXX_COMPILER_ID:GNU>,$<VERSION_LESS:$<CXX_COMPILER_VERSION>,13>>:-Wno-restrict>
    $<$<BOOL:${QUOIN_WERROR}>:-Werror>)

# One source for Qt 6.4 and later: what was deprecated after 6.4 often has a successor that 6.4 lacks.
target_compile_definitions(quoin_warnings INTERFACE
    QT_WARN_DEPRECATED_UP_TO=0x060400
    QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII QT_NO_FOREACH QT_NO_KEYWORDS)
