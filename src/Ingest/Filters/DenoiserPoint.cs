namespace StereoSpike.Ingest;

/// <summary>What a filter did to events of which it is known whether they are noise.</summary>
/// <param name="Filter">How the filter is written.</param>
/// <param name="SignalKept">Share of the events that light caused that were kept, 0..1: the true positive rate.</param>
/// <param name="NoiseKept">Share of the noise that was kept, 0..1: the false positive rate.</param>
public readonly record struct DenoiserPoint(string Filter, double SignalKept, double NoiseKept);
