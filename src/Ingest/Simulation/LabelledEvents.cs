using System.Runtime.InteropServices;

namespace StereoSpike.Ingest;

/// <summary>A growing list of one camera's events, with the disparity of what made each; NaN for noise.</summary>
internal sealed class LabelledEvents
{
    private readonly List<DvsEvent> _events = [];
    private readonly List<float> _disparities = [];
    private readonly List<long> _order = [];
    private DvsEvent[] _sortedEvents = [];
    private float[] _sortedDisparities = [];

    public int Count => _events.Count;

    public ReadOnlySpan<DvsEvent> Events => CollectionsMarshal.AsSpan(_events);

    public ReadOnlySpan<float> DisparitiesPx => CollectionsMarshal.AsSpan(_disparities);

    public void Add(in DvsEvent e, float disparityPx)
    {
        _events.Add(e);
        _disparities.Add(disparityPx);
    }

    public void AddRange(ReadOnlySpan<DvsEvent> events, ReadOnlySpan<float> disparitiesPx)
    {
        _events.AddRange(events);
        _disparities.AddRange(disparitiesPx);
    }

    public void Clear()
    {
        _events.Clear();
        _disparities.Clear();
    }

    /// <summary>Sorts by time; events of one microsecond keep their order.</summary>
    /// <param name="fromUs">No event comes before.</param>
    public void Sort(long fromUs)
    {
        _order.Clear();
        Span<DvsEvent> events = CollectionsMarshal.AsSpan(_events);
        Span<float> disparities = CollectionsMarshal.AsSpan(_disparities);
        for (int i = 0; i < events.Length; i++)
        {
            _order.Add(((events[i].TimestampUs - fromUs) << 32) | (uint)i);
        }

        _order.Sort();
        if (_sortedEvents.Length < events.Length)
        {
            _sortedEvents = new DvsEvent[2 * events.Length];
            _sortedDisparities = new float[2 * events.Length];
        }

        for (int i = 0; i < events.Length; i++)
        {
            int from = (int)(uint)_order[i];
            _sortedEvents[i] = events[from];
            _sortedDisparities[i] = disparities[from];
        }

        _sortedEvents.AsSpan(0, events.Length).CopyTo(events);
        _sortedDisparities.AsSpan(0, events.Length).CopyTo(disparities);
    }

    /// <summary>Adds to every timestamp.</summary>
    public void Delay(long lagUs)
    {
        if (lagUs != 0)
        {
            foreach (ref DvsEvent e in CollectionsMarshal.AsSpan(_events))
            {
                e = e with { TimestampUs = e.TimestampUs + lagUs };
            }
        }
    }
}
