using TorchSharp;
using static TorchSharp.torch;

namespace StereoSpike.Model;

/// <summary>Draws the weights of a spiking network so that its neurons' potentials fluctuate below their thresholds, at any depth, on given data.</summary>
/// <remarks>
/// Layer by layer from the input, in one pass: what arrives is measured, weights are drawn (<see cref="WeightMoments.Solve"/>, <see cref="DaleBalance"/>), corrected if
/// wished, and the layer's spikes go on to the next. Layers of a loop are drawn together, a few times over, as their own rates become known.
/// <code>
/// μ_U = N·ν·μ_w·ε̄         σ_U² = N·ν·(σ_w² + μ_w²)·ε̂         ξ = (θ - μ_U)/σ_U
/// </code>
/// Source: Rossbroich, Gygax, Zenke, "Fluctuation-driven initialization for spiking neural network training", Neuromorphic Computing and Engineering 2 (2022), arXiv:2206.10226.
/// Ours: ν measured for each connection, exact sums for the kernel, counts above 1, repeated and padded inputs, row-centring, calibration, the one-step form; docs/initialization.md derives them.
/// A depthwise and a pointwise convolution without neurons between share the moments: the depthwise kernel gets unit energy, the pointwise weights the rest.
/// Biases onto firing layers become 0. Linear weights onto leaky readouts are normal with deviation 1/√N, their biases 0; other readouts stay as they are.
/// </remarks>
public static class FluctuationInitialization
{
    /// <summary>Draws a module's weights in place.</summary>
    /// <param name="module">The network.</param>
    /// <param name="batch">Real inputs, shape [N,T,C,H,W].</param>
    /// <param name="settings">Targets and ways.</param>
    /// <exception cref="ArgumentException">A target cannot be reached; the message has the numbers and the feasible range.</exception>
    /// <exception cref="InvalidDataException">A layer cannot be brought to the wanted rate.</exception>
    public static void Apply(GraphModule module, Tensor batch, FluctuationSettings settings)
    {
        ArgumentNullException.ThrowIfNull(module);
        ArgumentNullException.ThrowIfNull(settings);
        using IDisposable noGradient = no_grad();
        using DisposeScope scope = NewDisposeScope();
        new Pass(module, batch, settings).Run();
    }

    /// <summary>One walk through the network.</summary>
    private sealed class Pass
    {
        private const int LoopRounds = 4;   // the rates of a loop settle to a few per cent
        private readonly GraphModule _module;
        private readonly FluctuationSettings _settings;
        private readonly SequenceEvaluation _evaluation;
        private readonly LayerWeights _weights;
        private readonly int _steps;
        private readonly double _inputRateHz;
        private readonly Dictionary<string, IReadOnlyList<Afferent>> _afferents;
        private readonly Dictionary<string, string> _layerOfDrive = [];

        public Pass(GraphModule module, Tensor batch, FluctuationSettings settings)
        {
            (_module, _settings) = (module, settings);
            _evaluation = module.BeginSequence(batch);
            _weights = new LayerWeights(module, settings);
            _steps = (int)batch.shape[1];
            _inputRateHz = batch.mean().item<float>() / settings.StepSeconds;
            _afferents = module.Graph.FiringNodes.ToDictionary(node => node.Name, node => Afferent.Of(module.Graph, node));
            foreach (GraphNode layer in module.Graph.FiringNodes)
            {
                foreach (GraphNode drive in Afferent.DriveNodes(module.Graph, layer))
                {
                    _layerOfDrive[drive.Name] = layer.Name;
                }
            }
        }

        public void Run()
        {
            foreach (GraphNode[] unit in _module.Plan.Units)
            {
                GraphNode[] layers = [.. unit.Where(node => _afferents.TryGetValue(node.Name, out IReadOnlyList<Afferent>? afferents) && afferents.Count > 0)];
                if (unit.Length == 1 && _layerOfDrive.ContainsKey(unit[0].Name))
                {
                    continue;   // worked out when its layer's turn comes
                }

                if (layers.Length == 0)
                {
                    _weights.DrawReadout(unit[0]);
                    if (unit.Any(node => node.Operation is FiringOperation || _module.Plan.BeforeNeurons.Contains(node.Name)))
                    {
                        _evaluation.Evaluate(unit);
                    }
                }
                else if (SequencePlan.IsLoop(unit))
                {
                    InitializeLoop(unit, layers);
                }
                else
                {
                    InitializeLayer(layers[0]);
                }
            }
        }

        private void InitializeLayer(GraphNode layer)
        {
            _weights.Draw(layer, _afferents[layer.Name], [.. _afferents[layer.Name].Select(Measure)], _steps);
            GraphNode[] drive = [.. Afferent.DriveNodes(_module.Graph, layer)];
            EvaluateAll(drive);
            Tensor input = _evaluation.Flat[layer.Inputs[0]];
            double gain = _settings.Calibration switch
            {
                FluctuationCalibration.Deviation => TargetOf(layer).Deviation / Activity(layer, input).Deviation,
                FluctuationCalibration.Rate => Bisect(layer.Name, RateOf(layer), g => Activity(layer, input, g).RatePerStep / _settings.StepSeconds),
                _ => 1,
            };
            if (gain != 1)
            {
                _weights.Scale(_afferents[layer.Name], gain);
                input = input * gain;
                if (drive.Any(node => _module.Graph.Consumers[node.Name].Count() > 1))
                {
                    EvaluateAll(drive);   // somebody else reads the drive, too
                }
            }

            _evaluation.Fire(layer, input);
            _evaluation.Forget(drive.Where(node => _module.Graph.Consumers[node.Name].Count() == 1));
        }

        /// <summary>A loop's own rates are known only once it runs, so it is drawn, run and drawn again.</summary>
        private void InitializeLoop(GraphNode[] loop, GraphNode[] layers)
        {
            HashSet<string> inside = [.. loop.Select(node => node.Name)];
            GraphNode[] before = [.. layers.SelectMany(layer => Afferent.DriveNodes(_module.Graph, layer)).Where(node => !inside.Contains(node.Name))];
            for (int round = 0; round < LoopRounds; round++)
            {
                foreach (GraphNode layer in layers)
                {
                    IReadOnlyList<Afferent> afferents = _afferents[layer.Name];
                    _weights.Draw(layer, afferents, [.. afferents.Select(afferent => Known(afferent) ? Measure(afferent) : Guess(layer, afferent))], _steps);
                }

                EvaluateAll(before);
                _evaluation.Evaluate(loop);
            }

            if (_settings.Calibration == FluctuationCalibration.Deviation)
            {
                foreach (GraphNode layer in layers)
                {
                    _weights.Scale(_afferents[layer.Name], TargetOf(layer).Deviation / Activity(layer, _evaluation.Flat[layer.Inputs[0]]).Deviation);
                }
            }
            else if (_settings.Calibration == FluctuationCalibration.Rate)
            {
                double applied = 1;
                Bisect(layers[^1].Name, RateOf(layers[^1]), gain =>
                {
                    foreach (GraphNode layer in layers)
                    {
                        _weights.Scale(_afferents[layer.Name], gain / applied);
                    }

                    applied = gain;
                    EvaluateAll(before);
                    _evaluation.Evaluate(loop);
                    return layers.Average(layer => _evaluation.Flat[layer.Name].mean().item<float>()) / _settings.StepSeconds;
                });
            }

            EvaluateAll(before);
            _evaluation.Evaluate(loop);
        }

        private void EvaluateAll(IEnumerable<GraphNode> nodes)
        {
            foreach (GraphNode node in nodes)
            {
                _evaluation.Evaluate([node]);
            }
        }

        private bool Known(Afferent afferent) => DriveMeasurement.IsKnown(_module.Graph, afferent, _evaluation);

        private AfferentDrive Measure(Afferent afferent) =>
            WithRate(DriveMeasurement.Of(_module.Graph, afferent, _evaluation, _steps, _settings.StepSeconds, _settings.ActiveOnly));

        /// <summary>Before a loop has run, its rate is guessed to be what drives it.</summary>
        private AfferentDrive Guess(GraphNode layer, Afferent afferent)
        {
            double[] known = [.. _afferents[layer.Name].Where(Known).Select(other => Measure(other).RateHz)];
            double rate = known.Length > 0 ? known.Average() : _inputRateHz;
            (double fanIn, double repeated) = DriveMeasurement.Synapses(_module.Graph, afferent);
            return WithRate(new AfferentDrive(fanIn, rate, rate, repeated));
        }

        private AfferentDrive WithRate(AfferentDrive measured)
        {
            AfferentDrive drive = _settings.Rate switch
            {
                PresynapticRate.Global => measured with { RateHz = _settings.GlobalRateHz, SquareRateHz = _settings.GlobalRateHz },
                PresynapticRate.FromInput => measured with { RateHz = _inputRateHz, SquareRateHz = _inputRateHz },
                _ => measured,
            };
            return _settings.BinnedInputs ? drive with { SquareRateHz = drive.SquareRateHz - (drive.RateHz * drive.RateHz * _settings.StepSeconds) } : drive;
        }

        private PotentialStatistics Activity(GraphNode layer, Tensor input, double gain = 1)
        {
            using DisposeScope scope = NewDisposeScope();
            return PotentialStatistics.Measure(((FiringOperation)layer.Operation).Neuron, _module.Leak(layer), (input * gain).unflatten(0, input.shape[0] / _steps, _steps));
        }

        private FluctuationTargets TargetOf(GraphNode layer) => _settings.LayerTargets.GetValueOrDefault(layer.Name, _settings.Targets);

        private double RateOf(GraphNode layer) => _settings.LayerRatesHz.GetValueOrDefault(layer.Name, _settings.RateHz);

        /// <summary>The gain at which a rate that grows with it is what is wanted, to 3 %.</summary>
        private double Bisect(string layer, double wanted, Func<double, double> rateAt)
        {
            const int MostHalvings = 24;
            const double Tolerance = 0.03;
            double low = 0.02, high = 50;
            for (int i = 0; i < MostHalvings; i++)
            {
                double gain = i == 0 ? 1 : Math.Sqrt(low * high), rate = rateAt(gain);
                if (Math.Abs(rate - wanted) <= Tolerance * wanted)
                {
                    return gain;
                }

                (low, high) = rate < wanted ? (gain, high) : (low, gain);
            }

            string unit = _steps == 1 ? "spikes a neuron" : "Hz";
            double reached = rateAt(Math.Sqrt(low * high));
            return high / low < 1.001 && Math.Abs(reached - wanted) <= 0.5 * wanted   // few neurons: the rate has steps
                ? Math.Sqrt(low * high)
                : throw new InvalidDataException($"Layer {layer} cannot be brought to {wanted:G3} {unit}: weights 50 times smaller to 50 times larger lead to {reached:G3} {unit} at the nearest. Take another rate, busier samples or a longer window.");
        }
    }
}
