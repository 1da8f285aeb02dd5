using System.Buffers.Binary;
using System.Text;

namespace StereoSpike.Model;

/// <summary>Makes one symbol of a Linux shared library, and the library version it asks for, optional.</summary>
/// <remarks>
/// TorchSharp's library is built with GCC 13 and so refers to <c>std::ios_base_library_init()</c>, version GLIBCXX_3.4.32, in every file that
/// includes &lt;iostream&gt;. The symbol only pins the version and is never called, yet the loader of a system with an older libstdc++ refuses the whole library.
/// With the version need marked VER_FLG_WEAK and the symbol STB_WEAK the loader accepts both missing.
/// Source: System V ABI (ELF-64 object file format) and the Linux Standard Base, symbol versioning.
/// </remarks>
public static class ElfWeakening
{
    /// <summary>The version that GCC 13's libstdc++ introduced.</summary>
    public const string Gcc13Version = "GLIBCXX_3.4.32";

    /// <summary>Mangled name of <c>std::ios_base_library_init()</c>.</summary>
    public const string Gcc13Symbol = "_ZSt21ios_base_library_initv";

    private const int SectionDynamicSymbols = 11, SectionVersionNeeds = 0x6ffffffe;
    private const int SymbolSize = 24, WeakBinding = 2;
    private const ushort WeakVersion = 0x2;

    /// <summary>Edits a library image in place.</summary>
    /// <param name="library">A 64-bit little-endian ELF file.</param>
    /// <param name="version">Version need to make weak.</param>
    /// <param name="symbol">Dynamic symbol to make weak.</param>
    /// <returns>Whether the version need was found; if not, nothing was changed.</returns>
    /// <exception cref="InvalidDataException">The image is not such a file, or an offset in it points outside.</exception>
    public static bool Weaken(Span<byte> library, string version, string symbol)
    {
        if (library.Length < 64 || !library[..6].SequenceEqual((ReadOnlySpan<byte>)[0x7f, (byte)'E', (byte)'L', (byte)'F', 2, 1]))
        {
            throw new InvalidDataException("Not a 64-bit little-endian ELF library.");
        }

        try
        {
            bool found = false;
            foreach (Section section in Sections(library))
            {
                found |= section.Type == SectionVersionNeeds && WeakenVersion(library, section, version);
            }

            foreach (Section section in Sections(library))
            {
                if (found && section.Type == SectionDynamicSymbols)
                {
                    WeakenSymbol(library, section, symbol);
                }
            }

            return found;
        }
        catch (ArgumentOutOfRangeException cause)
        {
            throw new InvalidDataException("The ELF library is damaged: an offset points outside the file.", cause);
        }
    }

    private static bool WeakenVersion(Span<byte> library, Section needs, string version)
    {
        bool found = false;
        int need = needs.Offset;
        for (int entries = needs.Info; entries > 0; entries--)
        {
            int auxiliary = need + Int32(library, need + 8);
            for (int count = UInt16(library, need + 2); count > 0; count--)
            {
                if (NameIs(library, needs.Names + Int32(library, auxiliary + 8), version))
                {
                    Span<byte> flags = library.Slice(auxiliary + 4, 2);
                    BinaryPrimitives.WriteUInt16LittleEndian(flags, (ushort)(BinaryPrimitives.ReadUInt16LittleEndian(flags) | WeakVersion));
                    found = true;
                }

                auxiliary += Int32(library, auxiliary + 12);
            }

            need += Int32(library, need + 12);
        }

        return found;
    }

    private static void WeakenSymbol(Span<byte> library, Section symbols, string name)
    {
        for (int at = symbols.Offset; at + SymbolSize <= symbols.Offset + symbols.Size; at += SymbolSize)
        {
            if (NameIs(library, symbols.Names + Int32(library, at), name))
            {
                ref byte info = ref library.Slice(at + 4, 1)[0];
                info = (byte)((WeakBinding << 4) | (info & 0xf));
            }
        }
    }

    private static Section[] Sections(ReadOnlySpan<byte> library)
    {
        int table = Int64(library, 40), size = UInt16(library, 58), count = UInt16(library, 60);
        var sections = new Section[count];
        for (int i = 0; i < count; i++)
        {
            int at = table + (i * size), link = Int32(library, at + 40);
            int names = link < count ? Int64(library, table + (link * size) + 24) : 0;
            sections[i] = new Section(Int32(library, at + 4), Int64(library, at + 24), Int64(library, at + 32), Int32(library, at + 44), names);
        }

        return sections;
    }

    private static bool NameIs(ReadOnlySpan<byte> library, int at, string name)
    {
        int length = Encoding.ASCII.GetByteCount(name);
        return at >= 0 && at + length < library.Length
            && library[at + length] == 0
            && Encoding.ASCII.GetString(library.Slice(at, length)) == name;
    }

    private static int Int64(ReadOnlySpan<byte> library, int at) =>
        (int)Guard.Within(BinaryPrimitives.ReadInt64LittleEndian(library.Slice(at, 8)), 0, library.Length, nameof(at));

    private static int Int32(ReadOnlySpan<byte> library, int at) => BinaryPrimitives.ReadInt32LittleEndian(library.Slice(at, 4));

    private static int UInt16(ReadOnlySpan<byte> library, int at) => BinaryPrimitives.ReadUInt16LittleEndian(library.Slice(at, 2));

    /// <summary>A section header: its type, place, size and info; <see cref="Names"/> is the offset of the string table it links to.</summary>
    private readonly record struct Section(int Type, int Offset, int Size, int Info, int Names);
}
