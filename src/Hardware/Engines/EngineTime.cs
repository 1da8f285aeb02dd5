namespace StereoSpike.Hardware;

/// <summary>What an engine took.</summary>
/// <param name="Engine">One of <see cref="EngineComparison.Engines"/>.</param>
/// <param name="MedianMs">Half of the frames took at most this, ms.</param>
/// <param name="P99Ms">99 of 100 frames took at most this, ms.</param>
/// <param name="ProcessorMs">Processor time of all threads, ms a frame: what a core's watts are multiplied by.</param>
/// <param name="WorkingSetMb">What the process grew by when the engine was made and ran once, MB.</param>
public readonly record struct EngineTime(string Engine, double MedianMs, double P99Ms, double ProcessorMs, double WorkingSetMb);
