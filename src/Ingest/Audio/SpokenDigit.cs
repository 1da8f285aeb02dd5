namespace StereoSpike.Ingest;

/// <summary>A clip of the Free Spoken Digit Dataset.</summary>
/// <param name="Digit">0 to 9.</param>
/// <param name="Speaker">Who says it.</param>
/// <param name="Take">Which time that speaker says it, from 0.</param>
/// <param name="Clip">The sound.</param>
public sealed record SpokenDigit(int Digit, string Speaker, int Take, AudioClip Clip);
