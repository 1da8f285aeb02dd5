namespace StereoSpike.Ingest;

/// <summary>A decoder that can begin in the middle of a file, given what it knew there.</summary>
internal interface IResumableDecoder : IEventDecoder
{
    /// <summary>What it carries from the records so far to the next.</summary>
    DecoderState Save();

    /// <summary>Goes on as it would have after those records.</summary>
    void Restore(DecoderState state);
}
