namespace StereoSpike.Fleet;

/// <summary>A queue or its board does not answer, for now.</summary>
/// <param name="message">What was asked, and of whom.</param>
/// <param name="cause">What told.</param>
public sealed class QueueUnreachableException(string message, Exception? cause = null) : IOException(message, cause);
