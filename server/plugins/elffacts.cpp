// SPDX-License-Identifier: GPL-3.0-only
#include "plugins/elffacts.h"

#include "plugins/elfimage.h"

#include <QString>
#include <QSysInfo>

#include <cstring>

using namespace Qt::StringLiterals;

namespace quoin::plugins {

using namespace elf;

namespace {

constexpr qsizetype listedNames = 8;

constexpr int thisMachine()
{
#if defined(__x86_64__)
    return EM_X86_64;
#elif defined(__aarch64__)
    return EM_AARCH64;
#elif defined(__riscv)
    return EM_RISCV;
#elif defined(__i386__)
    return EM_386;
#elif defined(__arm__)
    return EM_ARM;
#elif defined(__powerpc64__)
    return EM_PPC64;
#elif defined(__s390x__)
    return EM_S390;
#else
#    error "name this machine's e_machine here"
#endif
}

Error broken(const QString &what) { return Error::invalid(what); }

class Reader
{
public:
    explicit Reader(QByteArrayView bytes)
        : m_image(bytes)
    {
    }

    Result<ElfFacts> read()
    {
        for (const auto part : {&Reader::readHeader, &Reader::readSections, &Reader::readSegments, &Reader::readDynamic,
                                &Reader::readSymbols}) {
            if (const auto result = (this->*part)(); !result)
                return result.error();
        }
        return std::move(m_facts);
    }

private:
    Result<> readHeader();
    Result<> readSections();
    Result<> readSegments();
    Result<> readDynamic();
    Result<> readSymbols();
    void readNotes(const SegmentHeader &segment);
    void readSymbol(const Symbol &symbol, const QByteArray &name);
    Result<> readEntry(const DynamicEntry &entry, const SectionHeader &strings);
    Result<SectionHeader> stringsOf(const SectionHeader &section) const;
    Result<SectionHeader> only(quint32 type, const QString &what) const;

    const ElfImage m_image;
    FileHeader m_header = {};
    QList<SectionHeader> m_sections;
    ElfFacts m_facts;
};

Result<> Reader::readHeader()
{
    const auto header = m_image.read<FileHeader>(0);
    if (!header || std::memcmp(header->e_ident, ELFMAG, SELFMAG) != 0)
        return broken(u"not an ELF file"_s);
    m_header = *header;
    constexpr bool isLittle = QSysInfo::ByteOrder == QSysInfo::LittleEndian;
    if (m_header.e_ident[EI_CLASS] != (sizeof(void *) == 8 ? ELFCLASS64 : ELFCLASS32)
        || m_header.e_ident[EI_DATA] != (isLittle ? ELFDATA2LSB : ELFDATA2MSB) || m_header.e_machine != thisMachine())
        return broken(u"built for another machine (ELF machine %1)"_s.arg(m_header.e_machine));
    if (m_header.e_type != ET_DYN)
        return broken(u"not a shared library (ELF type %1)"_s.arg(m_header.e_type));
    return {};
}

/// The section table stands at the end of a file, so this finds every truncation; the dynamic linker would accept a
/// file that is cut inside its debug sections.
Result<> Reader::readSections()
{
    if (m_header.e_shnum == 0 || m_header.e_shentsize != sizeof(SectionHeader))
        return broken(u"it has no section table"_s);
    for (quint64 i = 0; i < m_header.e_shnum; ++i) {
        const auto section = m_image.read<SectionHeader>(m_header.e_shoff + i * sizeof(SectionHeader));
        if (!section)
            return broken(u"truncated: its section table ends beyond the end of the file"_s);
        if (section->sh_type != SHT_NOBITS && !m_image.holds(section->sh_offset, section->sh_size))
            return broken(u"truncated: section %1 ends beyond the end of the file"_s.arg(i));
        m_sections.append(*section);
    }
    return {};
}

Result<> Reader::readSegments()
{
    if (m_header.e_phentsize != sizeof(SegmentHeader))
        return broken(u"it has no segment table"_s);
    bool saysStack = false;
    for (quint64 i = 0; i < m_header.e_phnum; ++i) {
        const auto segment = m_image.read<SegmentHeader>(m_header.e_phoff + i * sizeof(SegmentHeader));
        if (!segment || !m_image.holds(segment->p_offset, segment->p_filesz))
            return broken(u"truncated: segment %1 ends beyond the end of the file"_s.arg(i));
        if (segment->p_type == PT_NOTE)
            readNotes(*segment);
        if (segment->p_type == PT_GNU_STACK) {
            saysStack = true;
            m_facts.hasExecutableStack = segment->p_flags & PF_X;
        }
    }
    // Without the segment the dynamic linker makes the stack executable.
    m_facts.hasExecutableStack |= !saysStack;
    return {};
}

void Reader::readNotes(const SegmentHeader &segment)
{
    const quint64 align = segment.p_align == 8 ? 8 : 4;
    const auto padded = [align](quint64 size) { return (size + align - 1) / align * align; };
    const quint64 end = segment.p_offset + segment.p_filesz;
    for (quint64 at = segment.p_offset; at < end;) {
        const auto note = m_image.read<NoteHeader>(at);
        if (!note)
            return;
        const quint64 owner = at + sizeof(NoteHeader);
        const quint64 text = at + padded(sizeof(NoteHeader) + note->n_namesz);
        // The owner counts its NUL (gABI), so that "quoin" has six bytes.
        if (m_image.bytes(owner, note->n_namesz) == QByteArrayView("quoin\0", 6)) {
            const QByteArray bytes = m_image.bytes(text, std::min<quint64>(note->n_descsz, ElfImage::longestName))
                                         .toByteArray();
            m_facts.abiNote = bytes.left(bytes.indexOf('\0')); // nothing without its NUL
        }
        at = text + padded(note->n_descsz);
    }
}

Result<SectionHeader> Reader::only(quint32 type, const QString &what) const
{
    const SectionHeader *found = nullptr;
    for (const SectionHeader &section : m_sections) {
        if (section.sh_type != type)
            continue;
        if (found)
            return broken(u"it has more than one %1"_s.arg(what));
        found = &section;
    }
    if (!found)
        return broken(u"it has no %1"_s.arg(what));
    return *found;
}

Result<SectionHeader> Reader::stringsOf(const SectionHeader &section) const
{
    if (section.sh_link >= static_cast<quint64>(m_sections.size())
        || m_sections.at(static_cast<qsizetype>(section.sh_link)).sh_type != SHT_STRTAB)
        return broken(u"a table of it names no string table"_s);
    return m_sections.at(static_cast<qsizetype>(section.sh_link));
}

Result<> Reader::readDynamic()
{
    const auto dynamic = only(SHT_DYNAMIC, u"dynamic section"_s);
    if (!dynamic)
        return dynamic.error();
    const auto strings = stringsOf(*dynamic);
    if (!strings)
        return strings.error();
    for (quint64 at = 0; at + sizeof(DynamicEntry) <= dynamic->sh_size; at += sizeof(DynamicEntry)) {
        const auto entry = m_image.read<DynamicEntry>(dynamic->sh_offset + at);
        if (!entry || entry->d_tag == DT_NULL)
            break;
        if (auto read = readEntry(*entry, *strings); !read)
            return read;
    }
    return {};
}

Result<> Reader::readEntry(const DynamicEntry &entry, const SectionHeader &strings)
{
    switch (entry.d_tag) {
    case DT_NEEDED:
        m_facts.needed.append(m_image.name(strings, entry.d_un.d_val));
        if (m_facts.needed.last().isEmpty() || m_facts.needed.size() > 1000)
            return broken(u"its list of needed libraries is garbled"_s);
        break;
    case DT_RPATH:
    case DT_RUNPATH:
        m_facts.runPath = m_image.name(strings, entry.d_un.d_val);
        break;
    case DT_TEXTREL:
        m_facts.hasTextRelocations = true;
        break;
    case DT_FLAGS:
        m_facts.hasTextRelocations |= (entry.d_un.d_val & DF_TEXTREL) != 0;
        break;
    default:
        break;
    }
    return {};
}

Result<> Reader::readSymbols()
{
    const auto table = only(SHT_DYNSYM, u"dynamic symbol table"_s);
    if (!table)
        return table.error();
    const auto strings = stringsOf(*table);
    if (!strings)
        return strings.error();
    for (quint64 at = 0; at + sizeof(Symbol) <= table->sh_size; at += sizeof(Symbol)) {
        const auto symbol = m_image.read<Symbol>(table->sh_offset + at);
        if (symbol && symbol->st_shndx != SHN_UNDEF)
            readSymbol(*symbol, m_image.name(*strings, symbol->st_name));
    }
    return {};
}

void Reader::readSymbol(const Symbol &symbol, const QByteArray &name)
{
    const int binding = ELF64_ST_BIND(symbol.st_info); // the same for both classes
    if (binding == STB_GNU_UNIQUE && ++m_facts.uniqueCount <= listedNames)
        m_facts.uniqueSymbols.append(name);
    if (name == "qt_plugin_instance")
        m_facts.hasPluginEntry = true;
    if (binding != STB_LOCAL && !name.startsWith("qt_plugin_") && ++m_facts.exportCount <= listedNames)
        m_facts.exports.append(name);
}

} // namespace

Result<ElfFacts> readElfFacts(QByteArrayView bytes) { return Reader(bytes).read(); }

} // namespace quoin::plugins
