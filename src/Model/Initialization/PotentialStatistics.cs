using static TorchSharp.torch;

namespace StereoSpike.Model;

/// <summary>What a layer of neurons does with an input.</summary>
/// <param name="MeanPotential">μ_U: mean of the free potential (as if it never fired), above rest.</param>
/// <param name="Deviation">σ_U: in sequences a neuron's fluctuation around its own mean, over the steps of all samples, its variance averaged over neurons; with one step the deviation over neurons and samples.</param>
/// <param name="Spread">In sequences, the deviation over neurons of their mean free potentials; NaN with one step.</param>
/// <param name="RatePerStep">Share of neurons that fire in a step, 0..1.</param>
/// <param name="SilentShare">Share of neurons that never fire, 0..1.</param>
/// <param name="SaturatedShare">Share of neurons that fire in more than half of all steps, 0..1.</param>
/// <param name="SupportShare">Share of potentials within 1/α of the threshold, where the surrogate gradient is large, 0..1.</param>
/// <remarks>In sequences longer than ten membrane time constants the first five are left out of the moments. With one step, neurons that receive exactly nothing are left out of them.</remarks>
internal readonly record struct PotentialStatistics(
    double MeanPotential, double Deviation, double Spread, double RatePerStep, double SilentShare, double SaturatedShare, double SupportShare)
{
    /// <summary>Runs a layer by the neurons' own arithmetic and watches it.</summary>
    /// <param name="neuron">Its neurons.</param>
    /// <param name="leak">1/τ, 0..1; current-based neurons do not use it.</param>
    /// <param name="input">Shape [N,T,…].</param>
    public static PotentialStatistics Measure(NeuronSettings neuron, float leak, Tensor input)
    {
        using Tensor contiguous = input.contiguous();
        return new Watch(neuron, leak, SequenceShape.Of(contiguous)).Run(SequenceShape.Floats(contiguous));
    }

    /// <summary>One pass over an input.</summary>
    private sealed class Watch
    {
        private readonly NeuronSettings _neuron, _free;
        private readonly float _leak;
        private readonly SequenceShape _shape;
        private readonly int _skipped;
        private readonly float[] _freePotential, _potential, _charged, _freeCurrent, _current, _spikes, _freeSpikes;
        private readonly double[] _sums, _squares;
        private readonly int[] _fired;
        private long _counted, _inSupport;

        public Watch(NeuronSettings neuron, float leak, SequenceShape shape)
        {
            (_neuron, _leak, _shape) = (neuron, leak, shape);
            _free = neuron with { Threshold = float.PositiveInfinity };
            float slowest = neuron.Kind == NeuronKind.CubaLif ? Math.Max(neuron.TauSteps, neuron.SynapticTauSteps) : 1f / leak;
            _skipped = neuron.Kind != NeuronKind.If && shape.Steps > 10 * slowest ? (int)(5 * slowest) : 0;
            int k = shape.Width;
            (_freePotential, _potential, _charged, _freeCurrent, _current) = (new float[k], new float[k], new float[k], new float[k], new float[k]);
            (_spikes, _freeSpikes) = (new float[k], new float[k]);
            (_sums, _squares, _fired) = (new double[k], new double[k], new int[k]);
        }

        public PotentialStatistics Run(ReadOnlySpan<float> input)
        {
            for (int sample = 0; sample < _shape.Samples; sample++)
            {
                Reset();
                for (int t = 0; t < _shape.Steps; t++)
                {
                    ReadOnlySpan<float> row = input.Slice(((sample * _shape.Steps) + t) * _shape.Width, _shape.Width);
                    Step(row);
                    Count(row, t);
                }
            }

            return Summary();
        }

        private void Reset()
        {
            _freePotential.AsSpan().Fill(_neuron.ResetPotential);
            _potential.AsSpan().Fill(_neuron.ResetPotential);
            Array.Clear(_freeCurrent);
            Array.Clear(_current);
        }

        /// <summary>Leaves what decides about firing in this step in the charged and the free potential.</summary>
        private void Step(ReadOnlySpan<float> row)
        {
            if (_neuron.Kind == NeuronKind.CubaLif)
            {
                _potential.CopyTo(_charged, 0);
                CubaLif.Step(row, _potential, _current, _spikes, _neuron);
                return;   // the free potential is counted before its step, as U[n] fires
            }

            _potential.CopyTo(_charged, 0);
            IntegrateAndFire.Step(row, _charged, _freeSpikes, _free, _leak);
            IntegrateAndFire.Step(row, _freePotential, _freeSpikes, _free, _leak);
            IntegrateAndFire.Step(row, _potential, _spikes, _neuron, _leak);
        }

        private void Count(ReadOnlySpan<float> row, int t)
        {
            float threshold = _neuron.Threshold, support = 1f / _neuron.Surrogate.Alpha, rest = _neuron.ResetPotential;
            for (int k = 0; k < row.Length; k++)
            {
                _fired[k] += _spikes[k] != 0f ? 1 : 0;
                _inSupport += MathF.Abs(_charged[k] - threshold) < support ? 1 : 0;
                if (t >= _skipped && (_shape.Steps > 1 || row[k] != 0f))
                {
                    double u = _freePotential[k] - rest;
                    _sums[k] += u;
                    _squares[k] += u * u;
                    _counted++;
                }
            }

            if (_neuron.Kind == NeuronKind.CubaLif)
            {
                CubaLif.Step(row, _freePotential, _freeCurrent, _freeSpikes, _free);
            }
        }

        private PotentialStatistics Summary()
        {
            bool sequences = _shape.Steps > 1;
            double all = (double)_shape.Samples * _shape.Steps, neurons = _shape.Width, counted = Math.Max(1, _counted);
            double mean = _sums.Sum() / counted, each = counted / neurons;   // steps counted of each neuron, in sequences
            double meansSquared = _sums.Sum(sum => sum / each * (sum / each)) / neurons;
            double variance = (_squares.Sum() / counted) - (sequences ? meansSquared : mean * mean);
            return new PotentialStatistics(
                mean,
                Math.Sqrt(Math.Max(0, variance)),
                sequences ? Math.Sqrt(Math.Max(0, meansSquared - (mean * mean))) : double.NaN,
                _fired.Sum(fired => (long)fired) / (all * neurons),
                _fired.Count(fired => fired == 0) / neurons,
                _fired.Count(fired => fired > all / 2) / neurons,
                _inSupport / (all * neurons));
        }
    }
}
