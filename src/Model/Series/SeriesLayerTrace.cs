namespace StereoSpike.Model;

/// <summary>What a layer keeps of one sequence for the way back, reused from sequence to sequence.</summary>
public sealed class SeriesLayerTrace
{
    internal SeriesLayerTrace(int steps, int rowWidth, int turned, int frame)
    {
        Drive = new float[steps * rowWidth];
        Potentials = new float[steps * rowWidth];
        Output = new float[steps * rowWidth];
        OutputGradient = new float[steps * rowWidth];
        Adaptation = new float[steps * rowWidth];
        Scratch = new float[5 * rowWidth];
        Turned = new float[turned];
        Frame = new float[frame];
    }

    /// <summary>Membrane potentials in units of ‖w‖², before the reset, shape [T,F,C].</summary>
    public float[] Potentials { get; }

    /// <summary>Spikes (0 or 1), or the analog twin's values, shape [T,F,C].</summary>
    public float[] Output { get; }

    /// <summary>Gradient of <see cref="Output"/>, shape [T,F,C]: filled before <see cref="SeriesLayer.Backward"/>, used up by it.</summary>
    public float[] OutputGradient { get; }

    /// <summary>x, then its gradient with respect to the current: shape [T,F,C].</summary>
    internal float[] Drive { get; }

    /// <summary>a, shape [T,F,C]; all 0 where thresholds stay.</summary>
    internal float[] Adaptation { get; }

    /// <summary>Rows of F·C.</summary>
    internal float[] Scratch { get; }

    /// <summary>Room for weights as the way back wants them.</summary>
    internal float[] Turned { get; }

    /// <summary>Room for what the convolution's way back works on.</summary>
    internal float[] Frame { get; }
}
