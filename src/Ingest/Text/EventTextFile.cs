using System.Text;
using StereoSpike.Files;

namespace StereoSpike.Ingest;

/// <summary>Opens simple event files as recordings in memory. For texts that do not fit there, see <see cref="EventTextReader"/>.</summary>
public static class EventTextFile
{
    private const int ProbedBytes = 1 << 14;
    private const int ProbedLines = 100;

    /// <summary>Tells what a file is from its beginning.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Its kind; null where it is none of these.</returns>
    /// <remarks>Columns are told by number: a text of four columns is taken for t x y p, whichever order they have. A .dat of another maker holds bytes that are no text, and gives null.</remarks>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static EventTextKind? DetectKind(string path)
    {
        var beginning = new byte[ProbedBytes];
        using FileStream file = File.OpenRead(path);
        ReadOnlySpan<byte> text = beginning.AsSpan(0, file.ReadAtLeast(beginning, ProbedBytes, throwOnEndOfStream: false));
        if (text.StartsWith("PK\x03\x04"u8))
        {
            return EventNpz.HoldsStereo(path) ? EventTextKind.StereoNpz : null;
        }

        bool whole = text.Length < ProbedBytes;
        return DetectText(whole ? text : text[..(text.LastIndexOf((byte)'\n') + 1)]);
    }

    /// <summary>Opens a stereo recording: a text with a camera column, or an npz file with arrays left and right.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">What the file does not say; null where its kind tells enough.</param>
    /// <param name="progress">Told bytes read and bytes in all; or null.</param>
    /// <param name="cancel">Ends the reading.</param>
    /// <exception cref="ArgumentException">The options lack the sensor's size, the rig's geometry or a camera column.</exception>
    /// <exception cref="InvalidDataException">The file is of no known kind or cannot be used; the message names file and place.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static StereoEventList Open(string path, EventTextOptions? options = null, IWorkProgress? progress = null, CancellationToken cancel = default)
    {
        EventTextKind? kind = DetectKind(path);
        options ??= EventTextOptions.For(kind ?? throw BadFile.Error(
            path, "", "is neither a text with four, five or six columns of numbers nor an npz file with arrays left and right", "Give the order of its columns, or convert it first."));
        if (kind == EventTextKind.StereoNpz)
        {
            return EventNpz.Open(path, options);
        }

        if (!options.Order.Contains('c'))
        {
            throw new ArgumentException($"{path}: the order {options.Order} has no camera column, so it is one camera's; open it with its other half, or give an order with c.", nameof(options));
        }

        var collector = new EventCollector(options);
        EventTextCounts counts = EventTextReader.Read(path, options, collector.Add, progress: progress, cancel: cancel);
        return collector.ToStereo(path, counts);
    }

    /// <summary>Opens a stereo recording of two texts on one clock, a camera each.</summary>
    /// <param name="leftPath">The left camera's file; the recording takes its name.</param>
    /// <param name="rightPath">The right camera's file.</param>
    /// <param name="options">Columns, units, sensor and geometry of both.</param>
    /// <param name="progress">Told bytes read and bytes in all of each file; or null.</param>
    /// <param name="cancel">Ends the reading.</param>
    /// <exception cref="ArgumentException">The options lack the sensor's size or the rig's geometry, or have a camera column.</exception>
    /// <exception cref="InvalidDataException">A file cannot be used; the message names file and line.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public static StereoEventList OpenPair(string leftPath, string rightPath, EventTextOptions options, IWorkProgress? progress = null, CancellationToken cancel = default)
    {
        RefuseCameraColumn(options);
        var collector = new EventCollector(options);
        EventTextCounts counts = EventTextReader.Read(leftPath, options, collector.Add, Camera.Left, progress, cancel);
        counts += EventTextReader.Read(rightPath, options, collector.Add, Camera.Right, progress, cancel);
        return collector.ToStereo(leftPath, counts);
    }

    /// <summary>Opens one camera's text.</summary>
    /// <param name="path">The file.</param>
    /// <param name="options">Columns, units and sensor.</param>
    /// <param name="progress">Told bytes read and bytes in all; or null.</param>
    /// <param name="cancel">Ends the reading.</param>
    /// <exception cref="ArgumentException">The options lack the sensor's size or have a camera column.</exception>
    /// <exception cref="InvalidDataException">The file cannot be used; the message names file and line.</exception>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public static CameraEventList OpenCamera(string path, EventTextOptions options, IWorkProgress? progress = null, CancellationToken cancel = default)
    {
        RefuseCameraColumn(options);
        var collector = new EventCollector(options with { SwapCameras = false });
        EventTextCounts counts = EventTextReader.Read(path, options with { SwapCameras = false }, collector.Add, Camera.Left, progress, cancel);
        return collector.ToCamera(path, counts);
    }

    private static void RefuseCameraColumn(EventTextOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options.Order.Contains('c'))
        {
            throw new ArgumentException($"The order {options.Order} has a camera column where a file holds one camera; write _ in its place to ignore it.", nameof(options));
        }
    }

    private static EventTextKind? DetectText(ReadOnlySpan<byte> text)
    {
        int columns = 0, lines = 0;
        foreach (Range range in text.Split((byte)'\n'))
        {
            string[] fields = Encoding.ASCII.GetString(text[range]).Split([' ', '\t', ',', ';', '\r'], StringSplitOptions.RemoveEmptyEntries);
            bool skipped = fields.Length == 0 || fields[0][0] is '#' or '%' || (lines == 0 && columns == 0 && char.IsAsciiLetter(fields[0][0]));
            if (skipped)
            {
                columns = fields.Length > 0 && char.IsAsciiLetter(fields[0][0]) ? fields.Length : columns;
                continue;
            }

            if (fields.Length is < 4 or > 6 || (columns != 0 && fields.Length != columns) || !IsEvent(fields))
            {
                return null;
            }

            columns = fields.Length;
            if (++lines == ProbedLines)
            {
                break;
            }
        }

        return lines == 0 ? null : columns switch { 4 => EventTextKind.Text, 5 => EventTextKind.StereoText, _ => EventTextKind.EmpStereo };
    }

    private static bool IsEvent(string[] fields) =>
        Array.TrueForAll(fields, field => double.TryParse(field, System.Globalization.CultureInfo.InvariantCulture, out _) || field is "True" or "False")
        && (fields.Length == 4 || fields[4] is "0" or "1");
}
