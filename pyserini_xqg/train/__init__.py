"""Fine-tuning: what every training shares lies here, what one kind of model needs in a folder of its own."""
