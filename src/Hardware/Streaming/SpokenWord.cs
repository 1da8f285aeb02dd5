namespace StereoSpike.Hardware;

/// <summary>A word heard in a stream of sound.</summary>
/// <param name="StartSeconds">Where it began, from the stream's start.</param>
/// <param name="EndSeconds">Where it ended.</param>
/// <param name="Output">Which output decided.</param>
/// <param name="Confidence">The decision's share of a softmax, 0..1.</param>
public readonly record struct SpokenWord(double StartSeconds, double EndSeconds, int Output, double Confidence);
