namespace StereoSpike.Hardware;

/// <summary>A step of a compiled network: a convolution with what stands before and after it, worked out together.</summary>
internal interface IEventLayer<T> : ITeamWork, IDisposable
    where T : unmanaged, System.Numerics.INumber<T>
{
    /// <summary>The neurons it ends in; null for a prediction head.</summary>
    FiringRule<T>? Neurons { get; }

    /// <summary>Bytes of scratch memory each thread needs.</summary>
    long ScratchBytes { get; }

    /// <summary>Works the layer out.</summary>
    void Run(WorkTeam team);
}
