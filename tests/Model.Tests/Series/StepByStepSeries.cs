using static TorchSharp.torch;

namespace StereoSpike.Model.Tests.Series;

/// <summary>What <see cref="SeriesLayer"/> says it does, written with libtorch's operations one step after another and differentiated by libtorch.</summary>
internal static class StepByStepSeries
{
    /// <summary>Output of a layer, shape [T,F,C].</summary>
    /// <param name="settings">The layer.</param>
    /// <param name="input">Shape [T,F,inputs].</param>
    /// <param name="w">Shape [taps over time, taps over bands, inputs, C].</param>
    /// <param name="beta">Shape [1].</param>
    /// <param name="theta">Shape [C].</param>
    /// <param name="v">Shape [C,C] from neuron to neuron, or null.</param>
    public static Tensor Run(SeriesLayerSettings settings, Tensor input, Tensor w, Tensor beta, Tensor theta, Tensor? v)
    {
        TemporalKernel kernel = settings.Kernel;
        long reachSteps = (kernel.Steps - 1) * kernel.StepDilation, reachBands = (kernel.Bands - 1) * kernel.BandDilation;
        long before = settings.Kernel.Causal ? reachSteps : reachSteps / 2;
        Tensor padded = nn.functional.pad(input.permute(2, 0, 1).unsqueeze(0), [reachBands / 2, reachBands - (reachBands / 2), before, reachSteps - before]);
        Tensor current = nn.functional.conv2d(padded, w.permute(3, 2, 0, 1), dilation: [kernel.StepDilation, kernel.BandDilation]).squeeze(0).permute(1, 2, 0);   // [T,F,C]
        Tensor norm = w.pow(2f).sum([0, 1, 2]) + 1e-8f;
        var surrogate = Surrogate.Parse(settings.Surrogate);
        float rho = MathF.Exp(-1f / settings.AdaptationTauSteps);
        Tensor u = zeros_like(current[0]), s = zeros_like(u), a = zeros_like(u);
        var outputs = new List<Tensor>();
        for (int t = 0; t < input.shape[0]; t++)
        {
            if (settings.TruncateSteps > 0 && t % settings.TruncateSteps == 0)
            {
                (u, s, a) = (u.detach(), s.detach(), a.detach());
            }

            Tensor x = (v is null ? current[t] : current[t] + s.matmul(v)) / norm;
            a = (a * rho) + (s * (1f - rho));
            Tensor reset = settings.Neuron != SeriesNeuronKind.Spiking ? zeros_like(u) : settings.DetachReset ? s.detach() : s;
            u = (beta * (u - (theta * reset))) + ((1f - beta) * x);
            Tensor m = u - theta - (a * settings.Adaptation);
            s = settings.Neuron switch { SeriesNeuronKind.Spiking => SpikeFunction.Spike(m, false, surrogate), SeriesNeuronKind.Analog => m.relu(), _ => m };
            outputs.Add(s);
        }

        return stack(outputs, 0);
    }
}
