namespace StereoSpike.Hardware;

/// <summary>Lists of the events that a layer reads, one a band of source rows, made by all threads before any of them reads one.</summary>
internal sealed unsafe class EventLists<T> : ITeamWork, IDisposable
    where T : unmanaged
{
    private readonly EventSource<T> _source;
    private readonly int[] _firstRows;
    private readonly int _rows;
    private readonly int _rowBytes;
    private readonly bool _eachColumnApart;
    private readonly int _capacity;
    private readonly NativeBuffer<int> _places;
    private readonly NativeBuffer<int> _starts;
    private readonly NativeBuffer<T>? _values;

    /// <summary>Prepares lists; memory that no event ever reaches is never touched.</summary>
    /// <param name="source">Where events are.</param>
    /// <param name="firstRows">First source row of each list; rows outside hold nothing.</param>
    /// <param name="rows">Source rows a list.</param>
    /// <param name="rowBytes">Bytes of a weight row.</param>
    /// <param name="eachColumnApart">See <see cref="EventList{T}.Build"/>.</param>
    public EventLists(EventSource<T> source, int[] firstRows, int rows, int rowBytes, bool eachColumnApart)
    {
        (_source, _firstRows, _rows, _rowBytes, _eachColumnApart) = (source, firstRows, rows, rowBytes, eachColumnApart);
        _capacity = EventList<T>.Capacity(source, rows);
        _places = new NativeBuffer<int>((long)_capacity * firstRows.Length, cleared: false);
        _starts = new NativeBuffer<int>((source.Shape.Width + 1L) * firstRows.Length);
        _values = source.Values == null ? null : new NativeBuffer<T>((long)_capacity * firstRows.Length, cleared: false);
    }

    /// <summary>Lists all events.</summary>
    public void Build(WorkTeam team) => team.Run(this, _firstRows.Length);

    /// <summary>A list.</summary>
    public EventList<T> Of(int list) => new()
    {
        Places = _places.Pointer + ((long)list * _capacity),
        ColumnStarts = _starts.Pointer + (list * (_source.Shape.Width + 1L)),
        Values = _values is null ? null : _values.Pointer + ((long)list * _capacity),
    };

    public void Do(int part, int worker) => Of(part).Build(_source, _firstRows[part], _rows, _rowBytes, _eachColumnApart);

    public void Dispose()
    {
        _places.Dispose();
        _starts.Dispose();
        _values?.Dispose();
    }
}
