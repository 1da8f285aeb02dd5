using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using StereoSpike.Files;

namespace StereoSpike.Ingest;

/// <summary>Signals in an EDF or continuous EDF+ file; annotations are left out.</summary>
/// <remarks>
/// Layout: 256 bytes of header in ASCII fields; 256 bytes a signal, field by field over all signals; then data records, each with all signals' samples one after another, as little-endian 16-bit integers.
/// physical = physical_min + (digital − digital_min)·(physical_max − physical_min)/(digital_max − digital_min).
/// Source: B. Kemp et al., "A simple format for exchange of digitized polygraphic recordings", Electroencephalography and Clinical Neurophysiology 82 (1992); EDF+: B. Kemp, J. Olivan, Clinical Neurophysiology 114 (2003).
/// </remarks>
public static class EdfFile
{
    /// <summary>The longest file that is read: 1 GiB.</summary>
    public const long MaximumBytes = 1L << 30;

    private const int HeaderBytes = 256, MostSignals = 4096, MostSamplesARecord = 1 << 20;
    private const string Annotations = "EDF Annotations";
    private const string Damaged = "The file is damaged or cut short; fetch it again.";

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">It is no EDF file, is cut short, discontinuous, or a field makes no sense.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static IReadOnlyList<EegSignal> Read(string path)
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
    /// <exception cref="InvalidDataException">It is no EDF file, is cut short, discontinuous, or a field makes no sense.</exception>
    public static IReadOnlyList<EegSignal> Parse(ReadOnlySpan<byte> bytes, string source)
    {
        if (bytes.Length < HeaderBytes || bytes[0] != (byte)'0')
        {
            bool bdf = bytes.Length > 8 && bytes[1..8].SequenceEqual("BIOSEMI"u8);
            throw BadFile.Error(source, "byte 0", bdf ? "is a BDF file, with samples of 24 bits" : "is not the version 0 of an EDF file", "Convert it to EDF or EDF+.");
        }

        if (Text(bytes[192..236]).StartsWith("EDF+D", StringComparison.Ordinal))
        {
            throw BadFile.Error(source, "reserved field", "says EDF+D: a recording with gaps", "Convert it to EDF+C, one file a piece.");
        }

        int records = (int)Number(bytes[236..244], source, "number of data records", 1, int.MaxValue), count = (int)Number(bytes[252..256], source, "number of signals", 1, MostSignals);
        double seconds = Number(bytes[244..252], source, "seconds of a data record", 0, 1e6);
        if (bytes.Length < HeaderBytes * (1 + count))
        {
            throw BadFile.Error(source, "header", $"is cut short: {count} signals need {HeaderBytes * (1 + count)} bytes of {bytes.Length}", Damaged);
        }

        EdfChannel[] channels = Channels(bytes[HeaderBytes..(HeaderBytes * (1 + count))], count, source);
        long record = 2L * channels.Sum(channel => (long)channel.Samples), data = bytes.Length - (HeaderBytes * (1L + count));
        if (record * records > data)
        {
            throw BadFile.Error(source, "data", $"should be {records} records of {record} bytes and holds {data} bytes", Damaged);
        }

        var signals = new List<EegSignal>();
        int offset = HeaderBytes * (1 + count);
        foreach (EdfChannel channel in channels)
        {
            if (channel.Label != Annotations)
            {
                double rate = seconds > 0 ? channel.Samples / seconds : throw BadFile.Error(source, "seconds of a data record", "is 0, so there is no sampling rate", Damaged);
                signals.Add(new EegSignal(channel.Label, channel.Unit, rate, Samples(bytes[offset..], channel, records, (int)record)));
            }

            offset += 2 * channel.Samples;
        }

        return signals.Count > 0 ? signals : throw BadFile.Error(source, "", "holds annotations only", "Name the file with the signals.");
    }

    private static EdfChannel[] Channels(ReadOnlySpan<byte> header, int count, string source)
    {
        var channels = new EdfChannel[count];
        for (int i = 0; i < count; i++)
        {
            string label = Text(Field(header, count, i, 0, 16)), place = $"signal {i + 1} ({label})";
            double physicalMinimum = Number(Field(header, count, i, 104, 8), source, $"{place}: physical minimum", double.MinValue, double.MaxValue), physicalMaximum = Number(Field(header, count, i, 112, 8), source, $"{place}: physical maximum", double.MinValue, double.MaxValue);
            double digitalMinimum = Number(Field(header, count, i, 120, 8), source, $"{place}: digital minimum", short.MinValue, short.MaxValue), digitalMaximum = Number(Field(header, count, i, 128, 8), source, $"{place}: digital maximum", short.MinValue, short.MaxValue);
            int samples = (int)Number(Field(header, count, i, 216, 8), source, $"{place}: samples a record", 1, MostSamplesARecord);
            if (digitalMaximum <= digitalMinimum)
            {
                throw BadFile.Error(source, place, $"has digital values from {digitalMinimum} to {digitalMaximum}", Damaged);
            }

            double gain = (physicalMaximum - physicalMinimum) / (digitalMaximum - digitalMinimum);
            channels[i] = double.IsFinite(gain) ? new EdfChannel(label, Text(Field(header, count, i, 96, 8)), samples, gain, physicalMinimum - (digitalMinimum * gain))
                : throw BadFile.Error(source, place, $"has physical values from {physicalMinimum} to {physicalMaximum}", Damaged);
        }

        return channels;
    }

    /// <summary>A field of a signal: the header holds one field of all signals after another.</summary>
    private static ReadOnlySpan<byte> Field(ReadOnlySpan<byte> header, int count, int signal, int before, int width) => header.Slice((before * count) + (signal * width), width);

    private static float[] Samples(ReadOnlySpan<byte> data, EdfChannel channel, int records, int record)
    {
        var samples = new float[checked(records * channel.Samples)];
        for (int i = 0; i < samples.Length; i++)
        {
            int at = (i / channel.Samples * record) + (2 * (i % channel.Samples));
            samples[i] = (float)(channel.Offset + (channel.Gain * BinaryPrimitives.ReadInt16LittleEndian(data[at..])));
        }

        return samples;
    }

    private static string Text(ReadOnlySpan<byte> field) => Encoding.ASCII.GetString(field).Trim('\0', ' ');

    private static double Number(ReadOnlySpan<byte> field, string source, string place, double minimum, double maximum)
    {
        string text = Text(field);
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double number) && number >= minimum && number <= maximum
            ? number
            : throw BadFile.Error(source, place, $"is \"{text}\" where a number from {minimum} to {maximum} is needed", Damaged);
    }

    private readonly record struct EdfChannel(string Label, string Unit, int Samples, double Gain, double Offset);
}
