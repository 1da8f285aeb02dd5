using System.Buffers.Binary;

namespace StereoSpike.Ingest;

/// <summary>A table of a FlatBuffer, read with every offset checked against the buffer.</summary>
/// <remarks>
/// A size, a root offset and four letters begin a size-prefixed buffer. A table begins with the distance back to its vtable: [vtable bytes, table bytes, place of field 0, of field 1, …], 0 for an absent field.
/// Source: the FlatBuffers internals page (Google).
/// </remarks>
internal readonly ref struct FlatTable
{
    private readonly ReadOnlySpan<byte> _buffer;
    private readonly int _table;
    private readonly int _vtable;

    private FlatTable(ReadOnlySpan<byte> buffer, int table)
    {
        _buffer = buffer;
        _table = table;
        _vtable = table - BinaryPrimitives.ReadInt32LittleEndian(buffer.Slice(table, 4));
    }

    /// <summary>The root table of a buffer behind its size prefix.</summary>
    /// <param name="buffer">The buffer, without its size.</param>
    /// <param name="identifier">Its four letters.</param>
    /// <exception cref="ArgumentOutOfRangeException">An offset leads outside.</exception>
    /// <exception cref="InvalidDataException">The letters are others.</exception>
    public static FlatTable Root(ReadOnlySpan<byte> buffer, ReadOnlySpan<byte> identifier) => buffer.Slice(4, 4).SequenceEqual(identifier)
        ? new FlatTable(buffer, BinaryPrimitives.ReadInt32LittleEndian(buffer))
        : throw new InvalidDataException("the identifier of a FlatBuffer is not the one expected");

    /// <summary>A 32-bit field.</summary>
    public int Int32(int field, int absent) => Place(field) is > 0 and int at ? BinaryPrimitives.ReadInt32LittleEndian(_buffer.Slice(at, 4)) : absent;

    /// <summary>A 64-bit field.</summary>
    public long Int64(int field, long absent) => Place(field) is > 0 and int at ? BinaryPrimitives.ReadInt64LittleEndian(_buffer.Slice(at, 8)) : absent;

    /// <summary>A vector of structures, or a string: its bytes.</summary>
    /// <param name="field">The field's number.</param>
    /// <param name="elementBytes">Bytes of an element.</param>
    public ReadOnlySpan<byte> Vector(int field, int elementBytes)
    {
        if (Place(field) is not (> 0 and int at))
        {
            return [];
        }

        int vector = at + BinaryPrimitives.ReadInt32LittleEndian(_buffer.Slice(at, 4));
        long bytes = (long)BinaryPrimitives.ReadUInt32LittleEndian(_buffer.Slice(vector, 4)) * elementBytes;
        return bytes <= int.MaxValue ? _buffer.Slice(vector + 4, (int)bytes) : throw new InvalidDataException("a vector is longer than its buffer");
    }

    private int Place(int field)
    {
        int at = 4 + (2 * field);
        if (at + 2 > BinaryPrimitives.ReadUInt16LittleEndian(_buffer.Slice(_vtable, 2)))
        {
            return 0;
        }

        int offset = BinaryPrimitives.ReadUInt16LittleEndian(_buffer.Slice(_vtable + at, 2));
        return offset == 0 ? 0 : _table + offset;
    }
}
