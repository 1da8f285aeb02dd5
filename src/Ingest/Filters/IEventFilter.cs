namespace StereoSpike.Ingest;

/// <summary>Drops or moves events as they pass, in time order and in memory that does not grow with their number.</summary>
/// <remarks>A filter keeps what it has seen, so it is for one pass over one camera's events.</remarks>
public interface IEventFilter
{
    /// <summary>How it is written in settings and on the command line, such as <c>refractory:us=1000</c>.</summary>
    string Name { get; }

    /// <summary>The sensor that its events lie on.</summary>
    SensorSize Output { get; }

    /// <summary>Filters events in place, closing the gaps that dropped ones leave.</summary>
    /// <param name="events">The next events, on the sensor the filter was made for.</param>
    /// <returns>How many remain, at the front and in order.</returns>
    int Apply(Span<DvsEvent> events);
}
