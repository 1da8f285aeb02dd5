using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace StereoSpike.Ingest;

/// <summary>Undoes byte shuffling: all first bytes of the elements, then all second bytes, … become elements again.</summary>
/// <remarks>The shuffle of HDF5 (filter 2) and of Blosc. Bytes left over after the last whole element stay where they are.</remarks>
internal static class ByteShuffle
{
    private const int Group = 16;   // elements a vector step

    /// <summary>Restores elements.</summary>
    /// <param name="shuffled">The bytes by their place in an element.</param>
    /// <param name="elements">Receives the elements; as long.</param>
    /// <param name="elementBytes">Bytes of an element, at least 1.</param>
    public static void Undo(ReadOnlySpan<byte> shuffled, Span<byte> elements, int elementBytes)
    {
        int done = Sse2.IsSupported && elementBytes is 2 or 4 or 8 ? UndoSixteens(shuffled, elements, elementBytes) : 0;
        UndoSingly(shuffled, elements, elementBytes, done);
    }

    /// <summary>The scalar twin: byte by byte, from an element on.</summary>
    /// <inheritdoc cref="Undo"/>
    public static void UndoSingly(ReadOnlySpan<byte> shuffled, Span<byte> elements, int elementBytes, int first = 0)
    {
        int count = shuffled.Length / elementBytes;
        for (int b = 0; b < elementBytes; b++)
        {
            ReadOnlySpan<byte> plane = shuffled.Slice(b * count, count);
            for (int i = first; i < count; i++)
            {
                elements[(i * elementBytes) + b] = plane[i];
            }
        }

        shuffled[(count * elementBytes)..].CopyTo(elements[(count * elementBytes)..]);
    }

    /// <summary>Sixteen elements at a time: planes are interleaved in pairs, the pairs' results again, until an element's bytes stand together.</summary>
    private static int UndoSixteens(ReadOnlySpan<byte> shuffled, Span<byte> elements, int elementBytes)
    {
        int count = shuffled.Length / elementBytes, whole = count / Group * Group;
        ref byte source = ref MemoryMarshal.GetReference(shuffled);
        ref byte target = ref MemoryMarshal.GetReference(elements);
        nuint plane = (nuint)count;
        for (int i = 0; i < whole; i += Group)
        {
            nuint from = (nuint)i, to = (nuint)(i * elementBytes);
            Vector128<byte> b0 = Vector128.LoadUnsafe(ref source, from), b1 = Vector128.LoadUnsafe(ref source, from + plane);
            Vector128<ushort> low01 = Sse2.UnpackLow(b0, b1).AsUInt16(), high01 = Sse2.UnpackHigh(b0, b1).AsUInt16();
            if (elementBytes == 2)
            {
                low01.AsByte().StoreUnsafe(ref target, to);
                high01.AsByte().StoreUnsafe(ref target, to + 16);
                continue;
            }

            Vector128<byte> b2 = Vector128.LoadUnsafe(ref source, from + (2 * plane)), b3 = Vector128.LoadUnsafe(ref source, from + (3 * plane));
            Vector128<ushort> low23 = Sse2.UnpackLow(b2, b3).AsUInt16(), high23 = Sse2.UnpackHigh(b2, b3).AsUInt16();
            Vector128<uint> e0 = Sse2.UnpackLow(low01, low23).AsUInt32(), e4 = Sse2.UnpackHigh(low01, low23).AsUInt32();
            Vector128<uint> e8 = Sse2.UnpackLow(high01, high23).AsUInt32(), e12 = Sse2.UnpackHigh(high01, high23).AsUInt32();
            if (elementBytes == 4)
            {
                e0.AsByte().StoreUnsafe(ref target, to);
                e4.AsByte().StoreUnsafe(ref target, to + 16);
                e8.AsByte().StoreUnsafe(ref target, to + 32);
                e12.AsByte().StoreUnsafe(ref target, to + 48);
                continue;
            }

            Vector128<byte> b4 = Vector128.LoadUnsafe(ref source, from + (4 * plane)), b5 = Vector128.LoadUnsafe(ref source, from + (5 * plane));
            Vector128<byte> b6 = Vector128.LoadUnsafe(ref source, from + (6 * plane)), b7 = Vector128.LoadUnsafe(ref source, from + (7 * plane));
            Vector128<ushort> low45 = Sse2.UnpackLow(b4, b5).AsUInt16(), high45 = Sse2.UnpackHigh(b4, b5).AsUInt16();
            Vector128<ushort> low67 = Sse2.UnpackLow(b6, b7).AsUInt16(), high67 = Sse2.UnpackHigh(b6, b7).AsUInt16();
            Store(ref target, to, e0, Sse2.UnpackLow(low45, low67).AsUInt32());
            Store(ref target, to + 32, e4, Sse2.UnpackHigh(low45, low67).AsUInt32());
            Store(ref target, to + 64, e8, Sse2.UnpackLow(high45, high67).AsUInt32());
            Store(ref target, to + 96, e12, Sse2.UnpackHigh(high45, high67).AsUInt32());
        }

        return whole;

        static void Store(ref byte target, nuint to, Vector128<uint> lowHalves, Vector128<uint> highHalves)
        {
            Sse2.UnpackLow(lowHalves, highHalves).AsByte().StoreUnsafe(ref target, to);
            Sse2.UnpackHigh(lowHalves, highHalves).AsByte().StoreUnsafe(ref target, to + 16);
        }
    }
}
