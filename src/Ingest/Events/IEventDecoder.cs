namespace StereoSpike.Ingest;

/// <summary>Turns the bytes of one format into events, piece by piece; keeps what one record leaves for the next, such as the upper bits of time.</summary>
internal interface IEventDecoder
{
    /// <summary>The most events that one record makes.</summary>
    int MostEventsPerRecord { get; }

    /// <summary>Bytes of the shortest run that <see cref="Decode"/> can take.</summary>
    int RecordBytes { get; }

    /// <summary>Decodes whole records until bytes or room run out.</summary>
    /// <param name="bytes">What follows in the file; a record cut short at its end is left.</param>
    /// <param name="events">Receives the events.</param>
    /// <returns>Bytes taken and events written.</returns>
    (int Taken, int Written) Decode(ReadOnlySpan<byte> bytes, Span<DvsEvent> events);

    /// <summary>What was left out so far.</summary>
    EventLosses Losses { get; }
}
