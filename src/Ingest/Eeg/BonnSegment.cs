namespace StereoSpike.Ingest;

/// <summary>A segment of the Bonn EEG collection.</summary>
/// <param name="Set">A eyes open, B eyes closed (five healthy people, from the scalp); C and D between seizures (five patients, from inside the skull: far from the focus, at it); E during seizures.</param>
/// <param name="Signal">23.6 s at 173.61 Hz, named after its file, µV.</param>
public sealed record BonnSegment(char Set, EegSignal Signal);
