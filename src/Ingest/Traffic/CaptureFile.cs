using System.Buffers.Binary;
using StereoSpike.Files;

namespace StereoSpike.Ingest;

/// <summary>Headers of the packets in a pcap or pcapng file, one after another; contents are stepped over, and memory does not grow with the file.</summary>
/// <remarks>
/// pcap: 24 bytes of header whose first four tell byte order and whether times are in µs or ns; then packets of 16 bytes (seconds, fraction, captured length, length) and the captured bytes.
/// pcapng: blocks of type, length, body, length again; section header, interface description, enhanced and simple packets are used, others stepped over.
/// Sources: the Internet drafts draft-ietf-opsawg-pcap and draft-ietf-opsawg-pcapng.
/// </remarks>
public static class CaptureFile
{
    private const int MostCaptured = 1 << 20;
    private const string Remedy = "The capture is cut short or damaged; what comes before can be kept with: editcap IN OUT";

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="counts">Receives what became of its packets.</param>
    /// <exception cref="InvalidDataException">It is no capture, is cut short, or of a link type that is not read; found on the way.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static IEnumerable<PacketHeader> Read(string path, CaptureCounts counts)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        foreach (PacketHeader header in Read(stream, path, counts))
        {
            yield return header;
        }
    }

    /// <summary>Reads a stream.</summary>
    /// <param name="stream">Of a capture's bytes; need not seek.</param>
    /// <param name="source">What messages call it.</param>
    /// <param name="counts">Receives what became of its packets.</param>
    /// <exception cref="InvalidDataException">It is no capture, is cut short, or of a link type that is not read; found on the way.</exception>
    public static IEnumerable<PacketHeader> Read(Stream stream, string source, CaptureCounts counts)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(counts);
        byte[] magic = new byte[4];
        if (stream.ReadAtLeast(magic, 4, throwOnEndOfStream: false) < 4)
        {
            throw BadFile.Error(source, "", "is empty", "Capture something first.");
        }

        var reader = new CaptureReader(stream, source, counts);
        return BinaryPrimitives.ReadUInt32LittleEndian(magic) switch
        {
            0xA1B2C3D4 => reader.Pcap(bigEndian: false, unitsPerSecond: 1_000_000),
            0xD4C3B2A1 => reader.Pcap(bigEndian: true, unitsPerSecond: 1_000_000),
            0xA1B23C4D => reader.Pcap(bigEndian: false, unitsPerSecond: 1_000_000_000),
            0x4D3CB2A1 => reader.Pcap(bigEndian: true, unitsPerSecond: 1_000_000_000),
            0x0A0D0D0A => reader.PcapNg(),
            var other => throw BadFile.Error(source, "byte 0", $"begins with {other:X8}, which no pcap or pcapng file does", "Write the capture with tcpdump -w or Wireshark."),
        };
    }

    /// <summary>One pass over a stream behind its first four bytes.</summary>
    private sealed class CaptureReader(Stream stream, string source, CaptureCounts counts)
    {
        private readonly byte[] _packet = new byte[PacketDecoder.MostBytes];
        private readonly byte[] _field = new byte[32];
        private readonly List<(int LinkType, double UnitsPerUs)> _interfaces = [];
        private long _position = 4;
        private bool _bigEndian;

        public IEnumerable<PacketHeader> Pcap(bool bigEndian, int unitsPerSecond)
        {
            _bigEndian = bigEndian;
            Fill(20);
            int link = (int)(U32(16) & 0xFFFF);
            Check(link);
            while (TryFill(16))
            {
                (long seconds, long fraction, uint captured) = (U32(0), U32(4), U32(8));
                if (captured > MostCaptured)
                {
                    throw Damaged($"a packet claims {captured} captured bytes where at most {MostCaptured} are allowed");
                }

                int read = ReadPacket(captured);
                if (Decode(read, link, (seconds * 1_000_000) + (fraction * 1_000_000 / unitsPerSecond), out PacketHeader header))
                {
                    yield return header;
                }
            }
        }

        public IEnumerable<PacketHeader> PcapNg()
        {
            uint type = 0x0A0D0D0A;
            do
            {
                long start = _position - 4;
                Fill(4);
                uint length = U32(0);
                if (type == 0x0A0D0D0A)
                {
                    length = SectionHeader();
                }

                if (length < 12 || length % 4 != 0 || length > MostCaptured + 4096)
                {
                    throw Damaged($"a block claims {length} bytes where 12 to {MostCaptured + 4096}, in fours, are allowed");
                }

                if (Block(type, start + length - 4, out PacketHeader header))
                {
                    yield return header;
                }

                Skip(start + length - 4 - _position);
                Fill(4);
            }
            while (TryFill(4) && (type = U32(0)) is var _);
        }

        /// <summary>Reads a block's body as far as it is of use.</summary>
        /// <param name="type">Its type.</param>
        /// <param name="end">Where its body ends.</param>
        /// <param name="header">A packet's headers, if it was one.</param>
        private bool Block(uint type, long end, out PacketHeader header)
        {
            header = default;
            long body = end - _position;
            switch (type)
            {
                case 1 when body >= 8:
                    Interface(end);
                    return false;
                case 6 when body >= 20:
                    Fill(20);
                    (uint index, ulong time, uint captured) = (U32(0), ((ulong)U32(4) << 32) | U32(8), U32(12));
                    if (index >= _interfaces.Count || captured > end - _position)
                    {
                        throw Damaged($"a packet of {captured} bytes on interface {index} does not fit its block, or one of {_interfaces.Count} interfaces");
                    }

                    return Decode(ReadPacket(captured), _interfaces[(int)index].LinkType, (long)(time / _interfaces[(int)index].UnitsPerUs), out header);
                case 3 when body >= 4:
                    counts.Packets++;
                    counts.Malformed++;   // a simple packet has no time
                    return false;
                default:
                    return false;
            }
        }

        private uint SectionHeader()
        {
            byte[] length = _field[..4];
            Fill(4);
            _bigEndian = _field[0] == 0x1A;
            if (U32(0) != 0x1A2B3C4D)
            {
                throw Damaged("a section header's byte order mark is neither 1A2B3C4D nor 4D3C2B1A");
            }

            _interfaces.Clear();
            return _bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(length) : BinaryPrimitives.ReadUInt32LittleEndian(length);
        }

        private void Interface(long end)
        {
            Fill(8);
            int link = U16(0);
            Check(link);
            double units = 1;
            while (end - _position >= 4)
            {
                Fill(4);
                (int code, int size) = (U16(0), U16(2));
                int padded = (size + 3) / 4 * 4;
                if (code == 0 || padded > end - _position)
                {
                    break;
                }

                if (code == 9 && size >= 1)   // if_tsresol: 10^-n, or 2^-n with the highest bit set
                {
                    Fill(1);
                    int resolution = _field[0];
                    units = ((resolution & 0x80) == 0 ? Math.Pow(10, resolution) : Math.Pow(2, resolution & 0x7F)) / 1e6;
                    Skip(padded - 1);
                }
                else
                {
                    Skip(padded);
                }
            }

            _interfaces.Add((link, units));
        }

        private bool Decode(int read, int link, long timestampUs, out PacketHeader header)
        {
            counts.Packets++;
            return PacketDecoder.TryDecode(_packet.AsSpan(0, read), link, timestampUs, counts, out header);
        }

        private int ReadPacket(uint captured)
        {
            int wanted = (int)Math.Min(captured, (uint)_packet.Length), read = stream.ReadAtLeast(_packet.AsSpan(0, wanted), wanted, throwOnEndOfStream: false);
            _position += read;
            if (read < wanted)
            {
                throw Damaged("the file ends within a packet");
            }

            Skip(captured - wanted);
            return read;
        }

        private void Skip(long bytes)
        {
            for (long left = bytes; left > 0;)
            {
                byte[] waste = new byte[Math.Min(left, 4096)];
                int read = stream.Read(waste);
                if (read == 0)
                {
                    throw Damaged("the file ends within a packet");
                }

                left -= read;
                _position += read;
            }
        }

        private void Fill(int bytes)
        {
            if (!TryFill(bytes))
            {
                throw Damaged("the file ends within a header");
            }
        }

        /// <summary>Reads a header; false if the file ends just before it.</summary>
        private bool TryFill(int bytes)
        {
            int read = stream.ReadAtLeast(_field.AsSpan(0, bytes), bytes, throwOnEndOfStream: false);
            _position += read;
            return read == bytes || (read == 0 ? false : throw Damaged("the file ends within a header"));
        }

        private void Check(int link)
        {
            if (!PacketDecoder.Knows(link))
            {
                throw BadFile.Error(source, "link type", $"is {link}; read are Ethernet, raw IP, loopback and Linux cooked", "Capture on an interface of such a kind.");
            }
        }

        private uint U32(int at) => _bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(_field.AsSpan(at)) : BinaryPrimitives.ReadUInt32LittleEndian(_field.AsSpan(at));

        private int U16(int at) => _bigEndian ? BinaryPrimitives.ReadUInt16BigEndian(_field.AsSpan(at)) : BinaryPrimitives.ReadUInt16LittleEndian(_field.AsSpan(at));

        private InvalidDataException Damaged(string found) => BadFile.Error(source, $"byte {_position}", found, Remedy);
    }
}
