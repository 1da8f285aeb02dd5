using System.Buffers.Binary;
using StereoSpike.Files;

namespace StereoSpike.Ingest;

/// <summary>Sound in a RIFF WAVE file: 8, 16, 24 and 32 bit integers, 32 and 64 bit floats, any number of channels up to 64, which are averaged to one.</summary>
/// <remarks>
/// Layout: "RIFF", length, "WAVE"; then chunks of a four-letter name, a 32-bit length and as many bytes, padded to an even number. <c>fmt </c> says how <c>data</c> is to be read.
/// Source: IBM and Microsoft, "Multimedia Programming Interface and Data Specifications 1.0", 1991; WAVEFORMATEXTENSIBLE by Microsoft. Compressed kinds (A-law, ADPCM, MP3) are refused by name.
/// </remarks>
public static class WavFile
{
    /// <summary>The longest file that is read: 256 MiB.</summary>
    public const long MaximumBytes = 256L << 20;

    private const int Pcm = 1, Float = 3, Extensible = 0xFFFE;
    private const int MostChannels = 64, HighestRateHz = 768_000;
    private const string Remedy = "Write it as plain PCM, for example with: ffmpeg -i IN -c:a pcm_s16le OUT.wav";

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">It is no WAV file, is cut short, or of a kind that is not read.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static AudioClip Read(string path)
    {
        using FileStream file = File.OpenRead(path);
        if (file.Length > MaximumBytes)
        {
            throw BadFile.Error(path, "", $"is {file.Length} bytes long where at most {MaximumBytes} are read", "Cut it into pieces.");
        }

        byte[] bytes = new byte[file.Length];
        file.ReadExactly(bytes);
        return Parse(bytes, path);
    }

    /// <summary>Reads the bytes of a file.</summary>
    /// <param name="bytes">The whole file.</param>
    /// <param name="source">What messages call it.</param>
    /// <exception cref="InvalidDataException">It is no WAV file, is cut short, or of a kind that is not read.</exception>
    public static AudioClip Parse(ReadOnlySpan<byte> bytes, string source)
    {
        if (bytes.Length < 12 || !bytes[..4].SequenceEqual("RIFF"u8) || !bytes[8..12].SequenceEqual("WAVE"u8))
        {
            throw BadFile.Error(source, "byte 0", "does not begin with RIFF and WAVE", "Only WAV files are read. " + Remedy);
        }

        WavFormat? format = null;
        for (int at = 12; at <= bytes.Length - 8;)
        {
            ReadOnlySpan<byte> name = bytes.Slice(at, 4);
            uint length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[(at + 4)..]);
            int start = at + 8;
            if (length > (uint)(bytes.Length - start))
            {
                throw BadFile.Error(source, $"chunk \"{System.Text.Encoding.ASCII.GetString(name)}\" at byte {at}", $"claims {length} bytes where {bytes.Length - start} are left", "The file is cut short, or was never finished by what recorded it; fetch or convert it again.");
            }

            ReadOnlySpan<byte> chunk = bytes.Slice(start, (int)length);
            if (name.SequenceEqual("fmt "u8))
            {
                format = ReadFormat(chunk, source);
            }
            else if (name.SequenceEqual("data"u8))
            {
                return Decode(chunk, format ?? throw BadFile.Error(source, $"byte {at}", "holds sound before saying of which format", Remedy), source);
            }

            at = start + (int)Math.Min(length + (length & 1L), bytes.Length - start);
        }

        throw BadFile.Error(source, "", "holds no data chunk", "The file is cut short; fetch it again.");
    }

    private static WavFormat ReadFormat(ReadOnlySpan<byte> chunk, string source)
    {
        if (chunk.Length < 16)
        {
            throw BadFile.Error(source, "chunk \"fmt \"", $"is {chunk.Length} bytes long where at least 16 are needed", "The file is damaged; fetch it again.");
        }

        int tag = BinaryPrimitives.ReadUInt16LittleEndian(chunk), channels = BinaryPrimitives.ReadUInt16LittleEndian(chunk[2..]), bits = BinaryPrimitives.ReadUInt16LittleEndian(chunk[14..]);
        uint rate = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
        if (tag == Extensible && chunk.Length >= 40)
        {
            tag = BinaryPrimitives.ReadUInt16LittleEndian(chunk[24..]);   // the sub-format's first two bytes are the plain tag
        }

        bool known = (tag == Pcm && bits is 8 or 16 or 24 or 32) || (tag == Float && bits is 32 or 64);
        if (!known)
        {
            throw BadFile.Error(source, "chunk \"fmt \"", $"says format {tag} ({Name(tag)}) with {bits} bits; read are PCM with 8, 16, 24 or 32 and float with 32 or 64", Remedy);
        }

        return channels is >= 1 and <= MostChannels && rate is >= 1 and <= HighestRateHz
            ? new WavFormat(tag == Float, channels, (int)rate, bits / 8)
            : throw BadFile.Error(source, "chunk \"fmt \"", $"says {channels} channels at {rate} Hz; allowed are 1 to {MostChannels} and 1 to {HighestRateHz} Hz", "The file is damaged; fetch it again.");
    }

    private static AudioClip Decode(ReadOnlySpan<byte> data, WavFormat format, string source)
    {
        int frame = format.Channels * format.Bytes, count = data.Length / frame;
        if (data.Length % frame != 0)
        {
            throw BadFile.Error(source, "chunk \"data\"", $"is {data.Length} bytes long, not a multiple of the {frame} bytes that {format.Channels} channels of {8 * format.Bytes} bits take", "The file is cut short; fetch it again.");
        }

        var samples = new float[count];
        for (int i = 0; i < count; i++)
        {
            float sum = 0f;
            for (int channel = 0; channel < format.Channels; channel++)
            {
                sum += format.Value(data[((i * frame) + (channel * format.Bytes))..]);
            }

            samples[i] = sum / format.Channels;
            if (!float.IsFinite(samples[i]))
            {
                throw BadFile.Error(source, $"sample {i}", "is not a finite number", "The file is damaged; fetch it again.");
            }
        }

        return new AudioClip(samples, format.SampleRateHz);
    }

    private static string Name(int tag) => tag switch
    {
        Pcm => "PCM",
        2 or 0x11 => "ADPCM",
        Float => "float",
        6 => "A-law",
        7 => "mu-law",
        0x55 => "MP3",
        _ => "unknown",
    };

    private readonly record struct WavFormat(bool IsFloat, int Channels, int SampleRateHz, int Bytes)
    {
        /// <summary>One number; integers become −1 to 1, and 8 bits are the only ones without sign.</summary>
        public float Value(ReadOnlySpan<byte> at) => (IsFloat, Bytes) switch
        {
            (false, 1) => (at[0] - 128) / 128f,
            (false, 2) => BinaryPrimitives.ReadInt16LittleEndian(at) / 32768f,
            (false, 3) => ((at[0] << 8) | (at[1] << 16) | (at[2] << 24)) / 2147483648f,
            (false, _) => BinaryPrimitives.ReadInt32LittleEndian(at) / 2147483648f,
            (true, 4) => BinaryPrimitives.ReadSingleLittleEndian(at),
            _ => (float)BinaryPrimitives.ReadDoubleLittleEndian(at),
        };
    }
}
