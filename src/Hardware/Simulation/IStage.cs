namespace StereoSpike.Hardware;

/// <summary>A node at work: it takes what its inputs hand on and makes its own output.</summary>
internal interface IStage<T>
    where T : struct, System.Numerics.INumber<T>
{
    /// <summary>Works one step; the output has been cleared.</summary>
    void Run(NodeOutput<T> output, NodeActivity activity);
}
