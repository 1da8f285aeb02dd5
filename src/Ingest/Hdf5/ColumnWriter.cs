using System.Runtime.InteropServices;
using PureHDF;
using PureHDF.Selections;
using StereoSpike.Files;

namespace StereoSpike.Ingest;

/// <summary>Writes one camera's events as columns: in HDF5 as DSEC has them, or as an npz of x, y, t, p. Columns wait in temporary files beside the target until <see cref="Complete"/>.</summary>
/// <remarks>
/// HDF5: <c>/events/x</c>, <c>y</c> (uint16), <c>t</c> (uint32, µs since <c>/t_offset</c>, the first event's time), <c>p</c> (uint8), <c>/ms_to_idx</c> (uint64: index of the first event at or after i ms), all
/// contiguous and uncompressed, so that every HDF5 library reads them without a plugin; and <c>/events/calib/resolution</c>, as M3ED notes the sensor's size. Npz: x, y (uint16), t (int64, µs), p (bool), each deflated.
/// </remarks>
public sealed class ColumnWriter : IEventWriter, IDisposable
{
    private const int BatchEvents = 1 << 14, CopyBytes = 1 << 20;
    private const long UsPerMs = 1000;
    private readonly string _path;
    private readonly SensorSize _sensor;
    private readonly bool _hdf5;
    private readonly Spool _x;
    private readonly Spool _y;
    private readonly Spool _t;
    private readonly Spool _p;
    private readonly List<ulong> _msToIndex = [];
    private readonly ushort[] _shorts = new ushort[BatchEvents];
    private readonly uint[] _since = new uint[BatchEvents];
    private readonly long[] _times = new long[BatchEvents];
    private readonly byte[] _polarities = new byte[BatchEvents];
    private long _count;
    private long _firstUs;
    private long _previousUs = long.MinValue;

    internal ColumnWriter(string path, EventFormat format, SensorSize sensor)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        _hdf5 = format == EventFormat.Hdf5Columns;
        if (!_hdf5 && format != EventFormat.Npz)
        {
            throw new ArgumentException($"{format} is not written as columns; HDF5 and npz are.", nameof(format));
        }

        _path = Path.GetFullPath(path);
        _sensor = sensor;
        Directory.CreateDirectory(Path.GetDirectoryName(_path)!);
        (_x, _y, _t, _p) = (new Spool(_path), new Spool(_path), new Spool(_path), new Spool(_path));
    }

    /// <inheritdoc/>
    public void Write(ReadOnlySpan<DvsEvent> events)
    {
        for (; events.Length > 0; events = events[Math.Min(events.Length, BatchEvents)..])
        {
            WritePiece(events[..Math.Min(events.Length, BatchEvents)]);
        }
    }

    /// <inheritdoc/>
    public void Complete()
    {
        if (_hdf5)
        {
            WholeFile.WriteAside(_path, WriteHdf5);
            return;
        }

        int rows = _count <= int.MaxValue ? (int)_count : throw new ArgumentException($"{_path}: {_count} events are more than an npz takes ({int.MaxValue}).");
        NpzFile.Write(_path, [("p", NpyType.B1, [rows], _p.CopyTo), ("t", NpyType.I8, [rows], _t.CopyTo), ("x", NpyType.U2, [rows], _x.CopyTo), ("y", NpyType.U2, [rows], _y.CopyTo)]);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Spool spool in (Spool[])[_x, _y, _t, _p])
        {
            spool.Dispose();
        }
    }

    private void WritePiece(ReadOnlySpan<DvsEvent> events)
    {
        if (_count == 0)
        {
            _firstUs = events[0].TimestampUs;
        }

        for (int i = 0; i < events.Length; i++)
        {
            ref readonly DvsEvent e = ref events[i];
            if (e.TimestampUs < _previousUs || !_sensor.Contains(e.X, e.Y) || (_hdf5 && e.TimestampUs - _firstUs > uint.MaxValue))
            {
                throw new ArgumentException(
                    $"The event at x = {e.X}, y = {e.Y}, t = {e.TimestampUs} µs cannot be written: it must lie on the {_sensor} sensor, come no earlier than the last one ({_previousUs} µs){(_hdf5 ? $" and at most {uint.MaxValue} µs after the first ({_firstUs} µs)" : "")}.",
                    nameof(events));
            }

            _previousUs = e.TimestampUs;
            _times[i] = e.TimestampUs;
            _since[i] = (uint)(e.TimestampUs - _firstUs);
            _polarities[i] = (byte)e.Polarity;
            for (; _hdf5 && _msToIndex.Count * UsPerMs <= _since[i]; _msToIndex.Add((ulong)(_count + i)))
            {
            }
        }

        Span<ushort> shorts = _shorts.AsSpan(0, events.Length);
        for (int i = 0; i < shorts.Length; i++)
        {
            shorts[i] = events[i].X;
        }

        _x.Write(MemoryMarshal.AsBytes(shorts));
        for (int i = 0; i < shorts.Length; i++)
        {
            shorts[i] = events[i].Y;
        }

        _y.Write(MemoryMarshal.AsBytes(shorts));
        _t.Write(_hdf5 ? MemoryMarshal.AsBytes(_since.AsSpan(0, events.Length)) : MemoryMarshal.AsBytes(_times.AsSpan(0, events.Length)));
        _p.Write(_polarities.AsSpan(0, events.Length));
        _count += events.Length;
    }

    /// <summary>Makes the file with room for the columns, then copies them into it: the library itself would want them in memory.</summary>
    private void WriteHdf5(string path)
    {
        ulong[] rows = [(ulong)_count];
        var (x, y, t, p) = (new H5Dataset<ushort[]>(rows), new H5Dataset<ushort[]>(rows), new H5Dataset<uint[]>(rows), new H5Dataset<byte[]>(rows));
        var file = new H5File
        {
            ["events"] = new H5Group { ["x"] = x, ["y"] = y, ["t"] = t, ["p"] = p, ["calib"] = new H5Group { ["resolution"] = new long[] { _sensor.Width, _sensor.Height } } },
            ["ms_to_idx"] = _msToIndex.ToArray(),
            ["t_offset"] = _firstUs,
        };
        using (H5NativeWriter writer = file.BeginWrite(path, new H5WriteOptions()))
        {
            WriteEnds(writer, x, _x);
            WriteEnds(writer, y, _y);
            WriteEnds(writer, t, _t);
            WriteEnds(writer, p, _p);
        }

        if (_count > 0)
        {
            Fill<ushort>(path, "events/x", _x);
            Fill<ushort>(path, "events/y", _y);
            Fill<uint>(path, "events/t", _t);
            Fill<byte>(path, "events/p", _p);
        }
    }

    /// <summary>Writes the first and last row, by which their place is found again.</summary>
    private void WriteEnds<T>(H5NativeWriter writer, H5Dataset<T[]> dataset, Spool spool)
        where T : unmanaged
    {
        var value = new T[1];
        int bytes = MemoryMarshal.AsBytes(value.AsSpan()).Length;
        foreach (long row in _count == 0 ? [] : _count == 1 ? [0L] : (long[])[0L, _count - 1])
        {
            spool.Read(row * bytes, MemoryMarshal.AsBytes(value.AsSpan()));
            writer.Write(dataset, value, fileSelection: new HyperslabSelection((ulong)row, 1));
        }
    }

    private static void Fill<T>(string path, string name, Spool spool)
        where T : unmanaged
    {
        long offset;
        using (Hdf5File file = Hdf5File.Open(path))
        {
            using var rows = new Hdf5Rows<T>(file, name);
            offset = rows.IsMapped ? rows.Offset : throw new IOException($"{path}: the place of {name} in the file was not found.");
        }

        spool.CopyInto(path, offset, CopyBytes);
    }
}
