namespace StereoSpike.Ingest;

/// <summary>One channel of an electroencephalogram.</summary>
/// <param name="Name">Electrode or recording.</param>
/// <param name="Unit">Unit of the samples, such as uV; empty if unknown.</param>
/// <param name="SampleRateHz">Samples a second.</param>
/// <param name="Samples">Values in that unit.</param>
public sealed record EegSignal(string Name, string Unit, double SampleRateHz, float[] Samples);
