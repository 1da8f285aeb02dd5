using StereoSpike.Model;
using StereoSpike.Readout;
using StereoSpike.Tests;

namespace StereoSpike.Hardware.Tests;

public class ChipMapTests
{
    private static readonly NetworkGraph Published = StereoSpikeNetwork.Build(new StereoSpikeSettings());

    [Fact]
    public void A_layer_is_cut_over_cores_as_by_hand()
    {
        // 8 channels of 10×10 = 800 neurons, 2·9·8 = 144 weights, on cores of 200 neurons and 50 weights.
        // Weights want at least 3 parts of channels: with 4 parts of 2 channels, 36 weights and 200 neurons a core: 4 cores, both limits kept. 3 parts of 3 channels need 54 weights: too many.
        var builder = new NetworkGraphBuilder(new FeatureShape(2, 10, 10));
        builder.Fire("fire", builder.Convolution("conv", builder.Input, new ConvolutionOperation(8, 3, 1, 1, 1, "w", null)), new NeuronSettings());
        var chip = new ChipProfile { Name = "small", Source = "", Cores = [new CoreKind(4, 200, 50)] };

        ChipMap map = ChipMap.Place(builder.Build(), chip);

        CorePlacement placement = Assert.Single(map.Placements);
        Assert.True(map.Fits);
        Assert.Equal((4, 1, 200, 36), (placement.ChannelParts, placement.RowParts, placement.NeuronsPerCore, placement.WeightsPerCore));
        Assert.Equal(1.0, placement.Fill);
    }

    [Fact]
    public void Every_neuron_of_a_map_that_fits_has_a_place_and_no_core_is_overfull()
    {
        ChipProfile chip = ChipProfiles.Get("generic");
        NetworkGraph graph = StereoSpikeNetwork.Build(new StereoSpikeSettings { Channels = 0.25, Downsample = 2 });

        ChipMap map = ChipMap.Place(graph, chip);

        Assert.True(map.Fits, string.Join("; ", map.Violations));
        Assert.Equal(graph.FiringNodes.Count() + 1, map.Placements.Count);   // and the readout
        int next = 0;
        foreach (CorePlacement placement in map.Placements)
        {
            Assert.Equal(next, placement.FirstCore);
            next += placement.Cores;
            Assert.True(placement.NeuronsPerCore <= chip.Cores[0].Neurons && placement.WeightsPerCore <= chip.Cores[0].Weights);
            Assert.True(placement.NeuronsPerCore * placement.Cores >= placement.Population.Shape.Count);
        }

        Assert.Equal(map.CoresUsed, next);
        Assert.InRange(next, 1, 1024);
    }

    [Fact]
    public void A_separable_network_that_takes_too_many_cores_is_told_to_fold_and_then_fits()
    {
        NetworkGraph graph = StereoSpikeNetwork.Build(new StereoSpikeSettings { Kind = ConvolutionKind.Separable, Channels = 0.25, Downsample = 2 });
        ChipProfile chip = ChipProfiles.Get("generic");

        ChipViolation violation = Assert.Single(ChipMap.Place(graph, chip).Violations);
        ChipMap folded = ChipMap.Place(SeparableFolding.Fold(graph), chip);

        Assert.Equal("cores", violation.Limit);
        Assert.Contains("--fold", violation.Remedy, StringComparison.Ordinal);
        Assert.True(folded.Fits, string.Join("; ", folded.Violations));
        Assert.DoesNotContain(folded.Populations, population => population.HoldsSums);
    }

    [Theory]
    [InlineData(17, true)]
    [InlineData(16, false)]
    [InlineData(8, false)]
    public void A_threshold_must_lie_in_a_quarter_of_the_membranes_range(int membraneBits, bool fits)
    {
        // The weight 1 becomes 127, a threshold of 200 is 25,400 units: within 2^15 of 17 bits, beyond 2^14 of 16.
        var builder = new NetworkGraphBuilder(new FeatureShape(1, 1, 1));
        builder.Fire("fire", builder.Convolution("conv", builder.Input, new ConvolutionOperation(1, 1, 1, 0, 1, "w", null)), new NeuronSettings { Kind = NeuronKind.If, Threshold = 200 });
        var weights = new Dictionary<string, WeightTensor> { ["w"] = new([1, 1, 1, 1], [1f]) };
        var chip = new ChipProfile { Name = "narrow", Source = "", Cores = [new CoreKind(1, 10, 10)], MembraneBits = membraneBits };

        ChipMap map = ChipMap.Place(builder.Build(), weights, chip, new QuantizationSettings());

        Assert.Equal(fits, map.Fits);
        Assert.All(map.Violations, violation => Assert.Equal(("membrane_bits", $"{membraneBits}", "17", "fire"), (violation.Limit, violation.Allowed, violation.Found, violation.Layer)));
    }

    [Fact]
    public void The_published_network_fails_on_Speck_for_the_reasons_that_its_documents_give()
    {
        ChipMap map = ChipMap.Place(Published, ChipProfiles.Get("speck"));
        string[] limits = [.. map.Violations.Select(violation => violation.Limit).Distinct()];

        Assert.False(map.Fits);
        Assert.Contains("input_side", limits);   // 346×260 beside 128×128
        Assert.Contains("output_side", limits);
        Assert.Contains("upsampling", limits);
        Assert.Contains("destinations", limits);   // conv1: to conv2, and through the skip to deconv1 and a head
        Assert.Contains(map.Violations, violation => violation is { Limit: "cores", Found: "14 layers, one a core" });   // 13 firing layers and the readout
        Assert.All(map.Violations, violation => Assert.False(string.IsNullOrEmpty(violation.Remedy)));
        Projection deconvolution = map.Populations.Single(population => population.Name == "deconv4").Projections.Single();
        Assert.Equal((3, true, false), (deconvolution.LargestCount, deconvolution.IsSerial(1), deconvolution.IsSerial(2)));   // the bottleneck's sums: as so many spikes, or as payloads of 0..3
    }

    [Fact]
    public void A_separable_network_needs_a_chip_that_can_send_sums()
    {
        NetworkGraph graph = StereoSpikeNetwork.Build(new StereoSpikeSettings { Kind = ConvolutionKind.Separable, Channels = 0.25 });

        Assert.Contains(ChipMap.Place(graph, ChipProfiles.Get("speck")).Violations, violation => violation.Limit == "payload_bits" && violation.Found.StartsWith("sums", StringComparison.Ordinal));
        Assert.DoesNotContain(ChipMap.Place(graph, ChipProfiles.Get("generic")).Violations, violation => violation.Limit == "payload_bits");
    }

    [DataFact("nir/02_cnn__cnn_sinabs.nir")]
    public void The_CNN_that_sinabs_wrote_fits_the_chip_that_sinabs_is_for()
    {
        ChipMap map = ChipMap.Place(NirImport.Read(TestData.Path("nir/02_cnn__cnn_sinabs.nir")).Graph, ChipProfiles.Get("speck"));

        Assert.True(map.Fits, string.Join("; ", map.Violations));
        Assert.Equal(5, map.CoresUsed);
        Assert.Equal([1, 1, 2, 2, 1], map.Populations.Select(population => population.Projections.Single().Pooling));   // two sum poolings, one before a flattening
    }

    [Fact]
    public void A_pooling_that_the_chip_lacks_is_named()
    {
        var builder = new NetworkGraphBuilder(new FeatureShape(1, 12, 12));
        string first = builder.Fire("fire1", builder.Convolution("conv1", builder.Input, new ConvolutionOperation(1, 3, 1, 1, 1, "a", null)), new NeuronSettings());
        builder.Fire("fire2", builder.Convolution("conv2", builder.SumPooling("pool", first, 3), new ConvolutionOperation(1, 3, 1, 1, 1, "b", null)), new NeuronSettings());

        ChipViolation violation = Assert.Single(ChipMap.Place(builder.Build(), ChipProfiles.Get("speck")).Violations);

        Assert.Equal(("pooling_sizes", "1, 2, 4", "3", "conv2"), (violation.Limit, violation.Allowed, violation.Found, violation.Layer));
    }

    [Fact]
    public void A_small_classifier_fits_Speck_with_the_memories_that_sinabs_works_out()
    {
        // 2 channels 34×34, kernel 5, 16 channels, stride 2: weights 2·2^(⌈log2 25⌉ + ⌈log2 16⌉) = 2·2^9 = 1024; neurons 16·2^(4 + 4)… outputs 16×16 = 16·256 = 4096.
        var builder = new NetworkGraphBuilder(new FeatureShape(2, 34, 34));
        string first = builder.Fire("fire1", builder.Convolution("conv1", builder.Input, new ConvolutionOperation(16, 5, 2, 1, 1, "a", null)), new NeuronSettings());
        builder.Fire("fire2", builder.Linear("linear", first, new LinearOperation(10, "b", null)), new NeuronSettings());

        ChipMap map = ChipMap.Place(builder.Build(), ChipProfiles.Get("speck"));

        Assert.True(map.Fits, string.Join("; ", map.Violations));
        CorePlacement conv = map.Placements[0];
        Assert.Equal((1024, 4096), (conv.WeightsPerCore, conv.NeuronsPerCore));
        Assert.Equal(2, map.CoresUsed);
    }

    [Fact]
    public void A_profile_that_a_user_writes_is_read_back_and_a_wrong_one_refused_by_name()
    {
        using var folder = new TemporaryFolder();
        string path = folder.File("chip.json");
        File.WriteAllText(path, ChipProfiles.Get("speck").ToJson());

        Assert.Equal(ChipProfiles.Get("speck").ToJson(), ChipProfiles.Get(path).ToJson());

        File.WriteAllText(path, ChipProfiles.Get("speck").ToJson().Replace("\"padding\": 7", "\"padding\": 7, \"colour\": 3", StringComparison.Ordinal));
        Assert.StartsWith(path, Assert.Throws<InvalidDataException>(() => ChipProfiles.Get(path)).Message, StringComparison.Ordinal);
        File.WriteAllText(path, ChipProfiles.Get("speck").ToJson().Replace("\"weight_bits\": 8", "\"weight_bits\": 0", StringComparison.Ordinal));
        Assert.Contains("weight_bits", Assert.Throws<InvalidDataException>(() => ChipProfiles.Get(path)).Message, StringComparison.Ordinal);
        Assert.Contains("speck", Assert.Throws<ArgumentException>(() => ChipProfiles.Get("abacus")).Message, StringComparison.Ordinal);
    }
}
