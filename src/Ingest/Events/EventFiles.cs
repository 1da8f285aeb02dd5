using System.Buffers.Binary;
using StereoSpike.Files;

namespace StereoSpike.Ingest;

/// <summary>Opens and writes files of one camera's events, whatever their format.</summary>
public static class EventFiles
{
    /// <summary>Room that <see cref="IEventReader.Read"/> needs, events.</summary>
    public const int SmallestBatch = 64;

    private const int EventStreamHeader = 20;
    private static readonly SensorSize Addressable = new(2048, 2048), BinAddressable = new(256, 256), DatAddressable = new(SensorSize.MaximumSide, SensorSize.MaximumSide);

    /// <summary>Tells a file's format from its first bytes, and where these say nothing from its name.</summary>
    /// <param name="path">The file's name.</param>
    /// <param name="start">Its first bytes, 64 KiB if it has them.</param>
    /// <returns>The format; null if it is none that is read here.</returns>
    /// <exception cref="InvalidDataException">It is of a kind that is known and refused; the message says what to do.</exception>
    public static EventFormat? Detect(string path, ReadOnlySpan<byte> start)
    {
        ArgumentNullException.ThrowIfNull(path);
        return start switch
        {
            [(byte)'%', ..] => PropheseeHeader.Read(path, start).Format ?? EventFormat.Dat,
            _ when start.StartsWith("#!AER-DAT4"u8) => EventFormat.Aedat4,
            _ when start.StartsWith("Event Stream"u8) => EventFormat.EventStream,
            _ when start.StartsWith("#!AER-DAT2"u8) => EventFormat.Aedat2,
            _ when start.StartsWith("#!AER-DAT"u8) => throw BadFile.Error(path, "", "is an AEDAT file of version 1 or 3; 2 and 4 are read", "Convert it with jAER or dv-processing first."),
            [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', ..] => EventFormat.Npy,
            [(byte)'P', (byte)'K', 3, 4, ..] when File.Exists(path) && NumpyEvents.HoldsColumns(path) => EventFormat.Npz,
            _ when start.StartsWith("#ROSBAG V2.0\n"u8) => EventFormat.RosBag,
            _ when start.StartsWith("#ROSBAG"u8) => throw BadFile.Error(path, "", "is a ROS bag of a version before 2.0", "Rewrite it first: rosbag fix."),
            _ => Path.GetExtension(path).Equals(".bin", StringComparison.OrdinalIgnoreCase) ? EventFormat.Bin : null,
        };
    }

    /// <summary>Tells a file's format.</summary>
    /// <inheritdoc cref="Detect(string, ReadOnlySpan{byte})" path="/exception"/>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static EventFormat? Detect(string path)
    {
        using FileStream stream = OpenRead(path);
        return Detect(path, Start(stream));
    }

    /// <summary>Opens a file.</summary>
    /// <exception cref="InvalidDataException">It is of no format that is read here, or its head is damaged.</exception>
    /// <exception cref="IOException">It cannot be opened.</exception>
    public static IEventReader Open(string path, EventFileOptions? options = null)
    {
        EventFileOptions given = options ?? new EventFileOptions();
        IEventReader reader = OpenOnce(path, given, out bool sensorUnknown);
        if (!sensorUnknown)
        {
            return reader;
        }

        SensorSize found;
        using (reader)
        {
            found = Extent(reader);
        }

        return OpenOnce(path, given with { Sensor = found }, out _);
    }

    /// <summary>Opens a pipe.</summary>
    /// <param name="stream">What comes through it; disposed with the reader.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="options">What it does not say of itself.</param>
    /// <inheritdoc cref="Open(string, EventFileOptions)" path="/exception"/>
    public static IEventReader Open(Stream stream, string name, EventFileOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(name);
        return OpenOnce(stream, name, options ?? new EventFileOptions(), out _);
    }

    /// <summary>Makes a writer.</summary>
    /// <param name="stream">Receives the file; stays open.</param>
    /// <param name="format">One of EVT 2.0, EVT 3.0, DAT, AEDAT 4, text.</param>
    /// <param name="sensor">The camera's size.</param>
    /// <param name="commas">Whether text is separated by commas, with a heading.</param>
    /// <exception cref="ArgumentException">The format is read but not written.</exception>
    public static IEventWriter Create(Stream stream, EventFormat format, SensorSize sensor, bool commas = false)
    {
        ArgumentNullException.ThrowIfNull(stream);
        return format switch
        {
            EventFormat.Evt2 => new Evt2Writer(stream, sensor),
            EventFormat.Evt3 => new Evt3Writer(stream, sensor),
            EventFormat.Dat => new DatWriter(stream, sensor),
            EventFormat.Aedat4 => new Aedat4Writer(stream, sensor),
            EventFormat.Text => new EventTextWriter(stream, commas),
            _ => throw new ArgumentException($"{format} is read but not written; write EVT 2.0, EVT 3.0, DAT, AEDAT 4 or text.", nameof(format)),
        };
    }

    /// <summary>Makes a writer of a format that needs a file, not a stream: columns in HDF5 as DSEC has them, or npz. The file appears whole when it is completed; disposed before that, nothing is left.</summary>
    /// <param name="path">The file.</param>
    /// <param name="format">One of <see cref="EventFormat.Hdf5Columns"/> and <see cref="EventFormat.Npz"/>.</param>
    /// <param name="sensor">The camera's size.</param>
    /// <exception cref="ArgumentException">The format is written to a stream, or not at all.</exception>
    /// <exception cref="IOException">The place cannot be written.</exception>
    public static ColumnWriter CreateFile(string path, EventFormat format, SensorSize sensor) => new(path, format, sensor);

    /// <summary>Indexes a RAW or DAT file.</summary>
    internal static EventIndex Index(string path, EventFileOptions options, IWorkProgress? progress)
    {
        (EventFormat format, SensorSize sensor) = (default(EventFormat), default(SensorSize));
        using (IEventReader reader = Open(path, options))
        {
            (format, sensor) = (reader.Format, reader.Sensor);
        }

        if (format is not (EventFormat.Evt2 or EventFormat.Evt21 or EventFormat.Evt3 or EventFormat.Dat))
        {
            throw BadFile.Error(path, "", $"is {format}, which needs or takes no index", "RAW (EVT 2.0, 2.1, 3.0) and DAT files are indexed; HDF5 is searched without.");
        }

        using FileStream stream = OpenRead(path);
        (_, int head, bool exchanged) = Head(path, format, Start(stream));
        return EventIndex.Build(path, format, sensor, head, (IResumableDecoder)Records(path, format, sensor, exchanged), progress);
    }

    /// <summary>The decoder of an indexed file.</summary>
    internal static IResumableDecoder Decoder(string path, EventFormat format, SensorSize sensor)
    {
        using FileStream stream = OpenRead(path);
        return (IResumableDecoder)Records(path, format, sensor, Head(path, format, Start(stream)).HalvesExchanged);
    }

    private static IEventDecoder Records(string name, EventFormat format, SensorSize sensor, bool exchanged) => format switch
    {
        EventFormat.Evt2 => new Evt2Decoder(sensor),
        EventFormat.Evt21 => new Evt21Decoder(sensor, exchanged),
        EventFormat.Evt3 => new Evt3Decoder(sensor),
        EventFormat.Dat => new DatDecoder(sensor),
        EventFormat.Bin => new BinDecoder(sensor),
        EventFormat.EventStream => new EventStreamDecoder(sensor),
        _ => throw new ArgumentException($"{name}: {format} is not a format of records.", nameof(format)),
    };

    private static FileStream OpenRead(string path) => new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);

    private static IEventReader OpenOnce(string path, EventFileOptions options, out bool sensorUnknown)
    {
        if ((options.Format ?? Detect(path)) is { } format and (EventFormat.Npy or EventFormat.Npz))
        {
            sensorUnknown = options.Sensor is null;
            return NumpyEvents.Open(path, format, options);
        }

        return OpenOnce(OpenRead(path), path, options, out sensorUnknown);
    }

    private static IEventReader OpenOnce(Stream stream, string name, EventFileOptions options, out bool sensorUnknown)
    {
        try
        {
            byte[] start = Start(stream);
            EventFormat format = options.Format ?? Detect(name, start)
                ?? throw BadFile.Error(name, "", "is of no kind that is known here", "RAW (EVT 2.0, 2.1, 3.0), DAT, AEDAT 2 and 4, Event Stream, N-MNIST's .bin, ROS 1 bags, npy and npz are.");
            sensorUnknown = false;
            if (format == EventFormat.Aedat4)
            {
                return new Aedat4Reader(name, stream, start);
            }

            if (format == EventFormat.Aedat2)
            {
                Aedat2Header header = Aedat2Header.Read(name, start, options.Sensor);
                return new ByteEventReader(name, format, header.Sensor, stream, start.AsSpan(header.Length), new Aedat2Decoder(header.Sensor, header.Davis));
            }

            if (format == EventFormat.RosBag)
            {
                var packets = new RosBagPackets(name, stream, start, options.Topic);
                return new ByteEventReader(name, format, packets.Sensor, packets, [], packets.IsEvt3 ? new Evt3Decoder(packets.Sensor) : new RosEventDecoder(packets.Sensor), () => packets.Progress);
            }

            if (format is EventFormat.Npy or EventFormat.Npz)
            {
                throw BadFile.Error(name, "", "holds NumPy arrays, which are not read through a pipe", "Save it to a file first.");
            }

            (SensorSize? noted, int head, bool exchanged) = Head(name, format, start);
            SensorSize? known = options.Sensor ?? noted;
            sensorUnknown = known is null;
            SensorSize sensor = known ?? (format switch { EventFormat.Bin => BinAddressable, EventFormat.Dat => DatAddressable, _ => Addressable });
            return new ByteEventReader(name, format, sensor, stream, start.AsSpan(head), Records(name, format, sensor, exchanged));
        }
        catch
        {
            stream.Dispose();
            throw;
        }
    }

    /// <summary>What a file's head says: the camera's size, where events begin, whether EVT 2.1 words are exchanged.</summary>
    private static (SensorSize? Sensor, int Length, bool HalvesExchanged) Head(string name, EventFormat format, ReadOnlySpan<byte> start)
    {
        switch (format)
        {
            case EventFormat.Bin:
                return (null, 0, false);
            case EventFormat.EventStream:
                return EventStreamHead(name, start);
            default:
                PropheseeHeader header = PropheseeHeader.Read(name, start);
                if (format != EventFormat.Dat)
                {
                    return (header.Sensor, header.Length, header.HalvesExchanged);
                }

                // Two bytes follow the text: the kind of event and its size, which must be 8.
                return header.Length + 2 <= start.Length && start[header.Length + 1] == sizeof(ulong)
                    ? (header.Sensor, header.Length + 2, false)
                    : throw BadFile.Error(name, $"byte {header.Length}", "does not say 8-byte events after its header", "It is no DAT file of change detection events, or cut short.");
        }
    }

    private static (SensorSize? Sensor, int Length, bool HalvesExchanged) EventStreamHead(string name, ReadOnlySpan<byte> start)
    {
        if (start.Length < EventStreamHeader || start[12] != 2 || start[15] != 1)
        {
            throw BadFile.Error(name, "header", "is not that of DVS events in version 2 of Event Stream", "Other kinds (generic, ATIS, colour) and versions are not read; convert it first.");
        }

        (int width, int height) = (BinaryPrimitives.ReadUInt16LittleEndian(start[16..]), BinaryPrimitives.ReadUInt16LittleEndian(start[18..]));
        return width is >= 1 and <= SensorSize.MaximumSide && height is >= 1 and <= SensorSize.MaximumSide
            ? (new SensorSize(width, height), EventStreamHeader, false)
            : throw BadFile.Error(name, "header", $"says {width}×{height} pixels", "The file is damaged.");
    }

    private static byte[] Start(Stream stream)
    {
        byte[] start = new byte[PropheseeHeader.LongestHeader];
        int length = stream.ReadAtLeast(start, start.Length, throwOnEndOfStream: false);
        return start[..length];
    }

    private static SensorSize Extent(IEventReader reader)
    {
        int width = 1, height = 1;
        var events = new DvsEvent[1 << 14];
        for (int read = reader.Read(events); read > 0; read = reader.Read(events))
        {
            foreach (ref readonly DvsEvent e in events.AsSpan(0, read))
            {
                width = Math.Max(width, e.X + 1);
                height = Math.Max(height, e.Y + 1);
            }
        }

        return new SensorSize(width, height);
    }
}
