namespace StereoSpike.Fleet;

/// <summary>A message that a queue handed out. It comes again to someone else unless it is acknowledged, or word comes in time that it is being worked on.</summary>
public interface IJobDelivery
{
    /// <summary>The message, from whoever put it there.</summary>
    ReadOnlyMemory<byte> Body { get; }

    /// <summary>Says that it is done with: it will not come again.</summary>
    /// <exception cref="QueueUnreachableException">The queue did not hear it.</exception>
    Task AcknowledgeAsync();

    /// <summary>Gives it back, for anyone to take.</summary>
    /// <param name="after">How long it is to lie.</param>
    /// <exception cref="QueueUnreachableException">The queue did not hear it; it comes again nevertheless.</exception>
    Task GiveBackAsync(TimeSpan after);

    /// <summary>Says that it is still being worked on.</summary>
    /// <exception cref="QueueUnreachableException">The queue did not hear it.</exception>
    Task ExtendAsync();
}
