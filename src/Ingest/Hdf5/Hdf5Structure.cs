using System.Buffers.Binary;
using System.Text;

namespace StereoSpike.Ingest;

/// <summary>Finds where a dataset lies in an HDF5 file: the subset of the format that h5py and the HDF5 library write by default.</summary>
/// <remarks>
/// The library that reads HDF5 for us tells neither addresses nor stored chunks, and leaves out the wrong filter where a chunk's mask says one was skipped.
/// Superblocks 0 to 3, groups as symbol tables or compact links, object headers 1 and 2, layouts contiguous and chunked with a version 1 B-tree.
/// Whatever lies outside that gives null, and the dataset is then read through the library.
/// Source: The HDF Group, "HDF5 File Format Specification Version 3.0".
/// </remarks>
internal sealed class Hdf5Structure(MappedFile file)
{
    private const int MostMessages = 4096, MostDepth = 16, SmallestNode = 24;
    private const long Undefined = -1;
    private static readonly byte[] Signature = [0x89, (byte)'H', (byte)'D', (byte)'F', 0x0D, 0x0A, 0x1A, 0x0A];

    private long _nodes;

    private enum MessageKind
    {
        Link = 0x06,
        Layout = 0x08,
        FilterPipeline = 0x0B,
        Continuation = 0x10,
        SymbolTable = 0x11,
    }

    /// <summary>Finds a dataset.</summary>
    /// <param name="path">Its name, with / between groups.</param>
    /// <returns>How it lies; null where it is missing or laid out in a way this does not know.</returns>
    public StoredDataset? Find(string path)
    {
        _nodes = 0;
        try
        {
            long? header = RootHeader();
            foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
            {
                header = header is { } group ? Child(group, part) : null;
            }

            return header is { } dataset ? Dataset(dataset) : null;
        }
        catch (Exception cause) when (cause is InvalidDataException or ArgumentOutOfRangeException or IndexOutOfRangeException or OverflowException)
        {
            return null;   // damaged or unknown: the library will say which
        }
    }

    private long? RootHeader()
    {
        if (!file.Bytes(0, 8).SequenceEqual(Signature))
        {
            return null;   // a user block comes first
        }

        int version = file.Bytes(8, 1)[0];
        (long sizes, long root) = version switch
        {
            0 => (13L, 56L + 8),
            1 => (13L, 60L + 8),
            2 or 3 => (9L, 36L),
            _ => (0L, 0L),
        };
        return root > 0 && file.Bytes(sizes, 2) is [8, 8] && BaseAddress(version) == 0 ? Long(root) : null;
    }

    private long BaseAddress(int version) => Long(version switch { 0 => 24, 1 => 28, _ => 12 });

    private long? Child(long group, string name)
    {
        byte[] wanted = Encoding.UTF8.GetBytes(name);
        foreach ((MessageKind kind, long at, int length) in Messages(group))
        {
            long? found = kind switch
            {
                MessageKind.SymbolTable => InSymbolTable(Long(at), Long(at + 8), wanted, 0),
                MessageKind.Link => HardLink(file.Bytes(at, length), wanted),
                _ => null,
            };
            if (found is not null)
            {
                return found;
            }
        }

        return null;
    }

    private long? InSymbolTable(long node, long heap, byte[] name, int depth)
    {
        long names = Long(heap + 24);
        if (!file.Bytes(node, 4).SequenceEqual("TREE"u8) || file.Bytes(node + 4, 1)[0] != 0 || depth > MostDepth || IsOneTooMany())
        {
            return null;
        }

        int level = file.Bytes(node + 5, 1)[0], entries = Short(node + 6);
        for (int i = 0; i < entries; i++)
        {
            long child = Long(node + 24 + 8 + (i * 16L));
            if ((level > 0 ? InSymbolTable(child, heap, name, depth + 1) : InSymbolNode(child, names, name)) is { } found)
            {
                return found;
            }
        }

        return null;
    }

    private long? InSymbolNode(long node, long names, byte[] name)
    {
        int symbols = Short(node + 6);
        for (int i = 0; i < symbols; i++)
        {
            long entry = node + 8 + (i * 40L), at = names + Long(entry);
            if (file.Holds(at, name.Length + 1) && file.Bytes(at, name.Length).SequenceEqual(name) && file.Bytes(at + name.Length, 1)[0] == 0)
            {
                return Long(entry + 8);
            }
        }

        return null;
    }

    private static long? HardLink(ReadOnlySpan<byte> message, byte[] name)
    {
        const int TypeGiven = 8, OrderGiven = 4, CharsetGiven = 16;
        int flags = message[1], at = 2;
        if ((flags & TypeGiven) != 0 && message[at++] != 0)
        {
            return null;   // soft or external
        }

        at += ((flags & OrderGiven) != 0 ? 8 : 0) + ((flags & CharsetGiven) != 0 ? 1 : 0);
        int lengthBytes = 1 << (flags & 3), length = 0;
        for (int i = 0; i < Math.Min(lengthBytes, 3); i++)
        {
            length |= message[at + i] << (8 * i);
        }

        at += lengthBytes;
        return message.Slice(at, length).SequenceEqual(name) ? BinaryPrimitives.ReadInt64LittleEndian(message.Slice(at + length, 8)) : null;
    }

    private StoredDataset? Dataset(long header)
    {
        StoredFilter[] filters = [];
        (long At, int Length)? layout = null;
        foreach ((MessageKind kind, long at, int length) in Messages(header))
        {
            if (kind == MessageKind.Layout)
            {
                layout = (at, length);
            }
            else if (kind == MessageKind.FilterPipeline)
            {
                filters = Hdf5FilterMessage.Read(file.Bytes(at, length));
            }
        }

        return layout is { } found ? Layout(file.Bytes(found.At, found.Length), filters) : null;
    }

    private StoredDataset? Layout(ReadOnlySpan<byte> message, StoredFilter[] filters)
    {
        const int Contiguous = 1, Chunked = 2;
        (int version, int kind) = (message[0], message[1]);
        if (version is 3 or 4 && kind == Contiguous)
        {
            long address = BinaryPrimitives.ReadInt64LittleEndian(message[2..]);
            return address == Undefined ? null : new StoredDataset(address, null, [], filters);
        }

        if (version != 3 || kind != Chunked)
        {
            return null;
        }

        int rank = message[2] - 1;   // the element's size counts as one more dimension
        long tree = BinaryPrimitives.ReadInt64LittleEndian(message[3..]);
        var shape = new int[rank];
        for (int i = 0; i < rank; i++)
        {
            shape[i] = BinaryPrimitives.ReadInt32LittleEndian(message[(11 + (4 * i))..]);
        }

        var chunks = new List<StoredChunk>();
        return tree != Undefined && CollectChunks(tree, rank, chunks, MostDepth) ? new StoredDataset(-1, chunks, shape, filters) : null;
    }

    private bool CollectChunks(long node, int rank, List<StoredChunk> chunks, int deepest)
    {
        int keyBytes = 8 + (8 * (rank + 1)), entries = Short(node + 6), level = file.Bytes(node + 5, 1)[0];
        if (!file.Bytes(node, 4).SequenceEqual("TREE"u8) || file.Bytes(node + 4, 1)[0] != 1 || level > deepest || IsOneTooMany())
        {
            return false;
        }

        ReadOnlySpan<byte> keys = file.Bytes(node + 24, (entries * (keyBytes + 8)) + keyBytes);
        for (int i = 0; i < entries; i++)
        {
            ReadOnlySpan<byte> key = keys[(i * (keyBytes + 8))..];
            long child = BinaryPrimitives.ReadInt64LittleEndian(key[keyBytes..]);
            if (level > 0)
            {
                if (!CollectChunks(child, rank, chunks, level - 1))
                {
                    return false;
                }

                continue;
            }

            var first = new long[rank];
            for (int d = 0; d < rank; d++)
            {
                first[d] = BinaryPrimitives.ReadInt64LittleEndian(key[(8 + (8 * d))..]);
            }

            int length = BinaryPrimitives.ReadInt32LittleEndian(key);
            if (!file.Holds(child, length))
            {
                return false;
            }

            chunks.Add(new StoredChunk(first, child, length, BinaryPrimitives.ReadUInt32LittleEndian(key[4..])));
        }

        return true;
    }

    /// <summary>The messages of an object header, with those of its continuations.</summary>
    private List<(MessageKind Kind, long At, int Length)> Messages(long header)
    {
        var messages = new List<(MessageKind, long, int)>();
        var blocks = new Queue<(long At, long Length)>();
        bool second = file.Bytes(header, 4).SequenceEqual("OHDR"u8);
        int flags = second ? file.Bytes(header + 5, 1)[0] : 0;
        int messageHead = second ? 4 + ((flags & 4) != 0 ? 2 : 0) : 8;
        if (second)
        {
            long at = header + 6 + ((flags & 0x20) != 0 ? 16 : 0) + ((flags & 0x10) != 0 ? 4 : 0);
            int sizeBytes = 1 << (flags & 3);
            long size = 0;
            for (int i = 0; i < Math.Min(sizeBytes, 4); i++)
            {
                size |= (long)file.Bytes(at + i, 1)[0] << (8 * i);
            }

            blocks.Enqueue((at + sizeBytes, size));
        }
        else if (file.Bytes(header, 1)[0] == 1)
        {
            blocks.Enqueue((header + 16, Int(header + 8)));
        }

        while (blocks.TryDequeue(out (long At, long Length) block))
        {
            for (long at = block.At; at + messageHead <= block.At + block.Length && messages.Count < MostMessages;)
            {
                var kind = (MessageKind)(second ? file.Bytes(at, 1)[0] : Short(at));
                int length = Short(at + (second ? 1 : 2));
                at += messageHead;
                if (kind == MessageKind.Continuation)
                {
                    int frame = second ? 4 : 0;   // OCHK before, a checksum after
                    blocks.Enqueue((Long(at) + frame, Long(at + 8) - (2 * frame)));
                }

                messages.Add((kind, at, length));
                at += length;
            }
        }

        return messages;
    }

    /// <summary>Counts a node of a tree that is walked; a sound file has no more than fit into it.</summary>
    private bool IsOneTooMany() => ++_nodes > file.Length / SmallestNode;

    private int Short(long at) => BinaryPrimitives.ReadUInt16LittleEndian(file.Bytes(at, 2));

    private int Int(long at) => BinaryPrimitives.ReadInt32LittleEndian(file.Bytes(at, 4));

    private long Long(long at) => BinaryPrimitives.ReadInt64LittleEndian(file.Bytes(at, 8));
}
